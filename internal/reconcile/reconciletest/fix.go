package reconciletest

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// WithFix is the rules with a fix of a finding written into them, as a person
// would write it into the configuration: with a value of their own wherever one
// is asked for, beside what is written there already.
func WithFix(r *reconcile.Rules, fix, newName, email, familyName string) (*reconcile.Rules, error) {
	fix = strings.NewReplacer(
		": "+reconcile.PlaceholderUserName, ": "+newName, ": "+reconcile.PlaceholderEmail, ": "+email,
		": "+reconcile.PlaceholderFamilyName, ": "+familyName,
	).Replace(fix)
	body, err := yaml.YAMLToJSON([]byte(fix))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", fix, err)
	}
	var read struct {
		Resolutions map[directory.Domain]map[string]resolution
	}
	if err := json.Unmarshal(body, &read); err != nil {
		return nil, fmt.Errorf("%s: %w", fix, err)
	}
	if len(read.Resolutions) == 0 {
		return nil, fmt.Errorf("%s resolves nothing", fix)
	}
	out := *r
	for d, of := range map[directory.Domain]*map[string]reconcile.Resolution{
		directory.Utilities: &out.Utilities, directory.Fusion: &out.Fusion, directory.CXIF: &out.CXIF,
	} {
		if *of = maps.Clone(*of); *of == nil {
			*of = map[string]reconcile.Resolution{}
		}
		for user, one := range read.Resolutions[d] {
			(*of)[directory.Fold(user)] = beside((*of)[directory.Fold(user)], one.compiled())
		}
	}
	return &out, nil
}

// beside is a resolution with what another one says besides.
func beside(r, other reconcile.Resolution) reconcile.Resolution {
	into, from := reflect.ValueOf(&r).Elem(), reflect.ValueOf(other)
	for i := range from.NumField() {
		if !from.Field(i).IsZero() {
			into.Field(i).Set(from.Field(i))
		}
	}
	return r
}
