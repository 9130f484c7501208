package evidence

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// canonical is the one form in which a pack writes a value: JSON without blanks,
// with the keys of every object sorted and numbers as they were given.
func canonical(v any) ([]byte, error) {
	raw, err := encode(v)
	if err != nil {
		return nil, err
	}
	return recode(raw)
}

// recode brings JSON into the form.
func recode(raw []byte) ([]byte, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something stands after the value")
	}
	return encode(v)
}

// encode writes JSON with < > and & as they are: a pack is read by people too.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
