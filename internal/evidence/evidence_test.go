package evidence_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"cutover/internal/directory"
	"cutover/internal/evidence"
	"cutover/internal/reconcile"
)

var noon = time.Date(2026, 4, 3, 12, 0, 0, 5, time.UTC)

// small is a pack with every kind of trouble in its texts.
func small(t require.TestingT) (string, evidence.Written) {
	changes := []directory.Change{
		{Step: 1, Domain: directory.Fusion, Kind: directory.CreateUser, User: "ann", After: directory.Attributes{"email": "ann@x.example", "userName": "ann"}, Why: "verdict: create"},
		{Step: 2, Domain: directory.Fusion, Kind: directory.AddMember, User: "ann", Target: "A <&> B", Why: "migratedUsersGet"},
	}
	h := reconcile.NewHasher("migrate")
	for _, c := range changes {
		h.Add(c)
	}
	var b bytes.Buffer
	w, err := evidence.NewWriter(&b, evidence.Header{Cutover: "spring", Run: 1, By: "test"}, noon)
	require.NoError(t, err)
	require.NoError(t, w.Add("verdict", time.Time{}, map[string]any{"user": "ßé\u2028\x00\"\\", "verdict": "create"}))
	require.NoError(t, w.Add(evidence.KindPlan, noon, evidence.Plan{ID: 7, Phase: "migrate", Hash: h.Sum(), Changes: 2}))
	for _, c := range changes {
		require.NoError(t, w.Add(evidence.KindChange, noon.Add(time.Second), evidence.Change{Plan: 7, Change: c}))
	}
	require.NoError(t, w.Add("phase", noon, map[string]any{"z": 1.25, "a": nil, "name": "migrate"}))
	written, err := w.Close()
	require.NoError(t, err)
	return b.String(), written
}

func verify(pack string) (evidence.Verified, error) {
	return evidence.Verify(strings.NewReader(pack), evidence.Options{})
}

// lineOf is the line in which a byte lies.
func lineOf(pack string, at int) int { return strings.Count(pack[:at], "\n") + 1 }

// firstLine is the line of the first byte in which two packs differ.
func firstLine(pack, changed string) int {
	at := 0
	for at < min(len(pack), len(changed)) && pack[at] == changed[at] {
		at++
	}
	return lineOf(pack, at)
}

func caught(t require.TestingT, pack string) *evidence.Tampered {
	_, err := verify(pack)
	var tampered *evidence.Tampered
	require.ErrorAs(t, err, &tampered)
	return tampered
}

func TestAPackThatNobodyTouchedIsRightAndIsKnownByItsHead(t *testing.T) {
	pack, written := small(t)
	v, err := verify(pack)
	require.NoError(t, err)
	require.Equal(t, written, v.Written)
	require.Equal(t, 7, v.Lines)
	require.Equal(t, 1, v.Plans)
	require.Equal(t, map[string]int{"header": 1, "verdict": 1, "plan": 1, "change": 2, "phase": 1}, v.Kinds)
	require.Equal(t, evidence.Header{Format: evidence.Format, Version: evidence.Version, Cutover: "spring", Run: 1, By: "test"}, v.Header)
	require.Equal(t, 1, strings.Count(pack, written.Head))
	again, _ := small(t)
	require.Equal(t, pack, again, "the same content is the same pack")
	for _, head := range []string{written.Head, written.Head[:12], strings.ToUpper(written.Head), " " + written.Head + "\n"} {
		_, err := evidence.Verify(strings.NewReader(pack), evidence.Options{Head: head})
		require.NoError(t, err)
	}
}

func TestWhicheverByteIsChangedItIsCaughtAndItsLineIsNamed(t *testing.T) {
	pack, _ := small(t)
	for at := range len(pack) {
		for _, to := range []byte{pack[at] ^ 1, pack[at] ^ 0x20, '\n', '0'} {
			if to == pack[at] {
				continue
			}
			changed := pack[:at] + string([]byte{to}) + pack[at+1:]
			require.Equal(t, lineOf(pack, at), caught(t, changed).Line, "byte %d, %q to %q", at, pack[at], to)
		}
	}
}

func TestWhicheverByteIsTakenAwayOrAddedItIsCaughtAndItsLineIsNamed(t *testing.T) {
	pack, _ := small(t)
	for at := range len(pack) {
		require.Equal(t, lineOf(pack, at), caught(t, pack[:at]+pack[at+1:]).Line, "without byte %d", at)
		for _, more := range []string{" ", "\n", "0", pack[at : at+1]} {
			changed := pack[:at] + more + pack[at:]
			require.Equal(t, firstLine(pack, changed), caught(t, changed).Line, "with %q before byte %d", more, at)
		}
	}
	require.Equal(t, 8, caught(t, pack+"\n").Line)
	require.Equal(t, 8, caught(t, pack+pack).Line)
}

func TestWhereverAPackIsCutOffItIsCaught(t *testing.T) {
	pack, _ := small(t)
	for at := range len(pack) {
		line := caught(t, pack[:at]).Line
		require.Equal(t, lineOf(pack, at), line, "cut at %d", at)
	}
}

func TestLinesThatAreTakenAwayDoubledOrMovedAreCaught(t *testing.T) {
	pack, _ := small(t)
	lines := strings.SplitAfter(strings.TrimSuffix(pack, "\n"), "\n")
	lines[len(lines)-1] += "\n"
	for i := range lines {
		without := strings.Join(append(append([]string{}, lines[:i]...), lines[i+1:]...), "")
		require.Equal(t, i+1, caught(t, without).Line, "without line %d", i+1)
		doubled := strings.Join(append(append(append([]string{}, lines[:i+1]...), lines[i]), lines[i+1:]...), "")
		require.Equal(t, i+2, caught(t, doubled).Line, "line %d twice", i+1)
		for j := i + 1; j < len(lines); j++ {
			swapped := append([]string{}, lines...)
			swapped[i], swapped[j] = swapped[j], swapped[i]
			require.Equal(t, i+1, caught(t, strings.Join(swapped, "")).Line, "lines %d and %d changed about", i+1, j+1)
		}
	}
}

func TestTheSameContentInAnotherSpellingIsCaught(t *testing.T) {
	pack, _ := small(t)
	for name, changed := range map[string]string{
		"line endings":    strings.ReplaceAll(pack, "\n", "\r\n"),
		"a blank":         strings.Replace(pack, `"body":{`, `"body": {`, 1),
		"an escape":       strings.Replace(pack, `"ann"`, `"\u0061nn"`, 1),
		"case of a hash":  strings.ToUpper(pack),
		"a mark in front": "\ufeff" + pack,
	} {
		require.NotEqual(t, pack, changed, name)
		caught(t, changed)
	}
}

// rehash chains a pack anew from a line on, or only that line.
func rehash(t require.TestingT, pack string, from int, whole bool) string {
	return evidence.Rechain(t, pack, from, whole)
}

func TestALineThatWasChangedTogetherWithItsHashIsNamed(t *testing.T) {
	pack, _ := small(t)
	for i, change := range map[int][2]string{
		1: {`"cutover":"spring"`, `"cutover":"summer"`}, 2: {`"verdict":"create"`, `"verdict":"matched"`}, 6: {`"z":1.25`, `"z":1.5`},
	} {
		changed := strings.Replace(pack, change[0], change[1], 1)
		require.NotEqual(t, pack, changed)
		require.Equal(t, i, caught(t, rehash(t, changed, i, false)).Line)
	}
}

func TestAPackThatWasChainedAnewAsAWholeIsCaughtByTheHeadThatWasKept(t *testing.T) {
	pack, written := small(t)
	changed := rehash(t, strings.Replace(pack, `"verdict":"create"`, `"verdict":"matched"`, 1), 2, true)
	v, err := verify(changed)
	require.NoError(t, err, "the chain alone cannot tell")
	require.NotEqual(t, written.Head, v.Head)
	_, err = evidence.Verify(strings.NewReader(changed), evidence.Options{Head: written.Head})
	var tampered *evidence.Tampered
	require.ErrorAs(t, err, &tampered)
	require.Contains(t, tampered.Why, "written anew as a whole")
	_, err = evidence.Verify(strings.NewReader(pack), evidence.Options{Head: written.Head[:5]})
	require.ErrorContains(t, err, "at least its first 12")
	require.NotErrorAs(t, err, &tampered)
}

func TestAChangeThatWasAlteredAndChainedAnewNoLongerMakesTheHashThatWasApproved(t *testing.T) {
	pack, _ := small(t)
	for _, change := range [][2]string{{`"user":"ann"`, `"user":"bob"`}, {"A <&> B", "Everything"}, {`"changes":2`, `"changes":1`}, {`"phase":"migrate"`, `"phase":"sync-cxif"`}} {
		changed := strings.Replace(pack, change[0], change[1], 1)
		require.NotEqual(t, pack, changed)
		line := caught(t, rehash(t, changed, 1, true)).Line
		require.Contains(t, []int{3, 4, 5}, line, change)
	}
}

func TestAPackInAnotherFormIsNoPackOfThisOne(t *testing.T) {
	pack, _ := small(t)
	newer := rehash(t, strings.Replace(pack, `"version":1`, `"version":2`, 1), 1, true)
	_, err := verify(newer)
	var tampered *evidence.Tampered
	require.Error(t, err)
	require.NotErrorAs(t, err, &tampered, "it may be all right")
	require.Equal(t, 1, caught(t, "").Line)
	require.Equal(t, 1, caught(t, "PK\x03\x04 something else").Line)
	require.Equal(t, 1, caught(t, strings.Repeat("x", 1<<20)).Line)
}

func TestAPackThatCannotBeReadIsNotCalledTampered(t *testing.T) {
	pack, _ := small(t)
	broken := errors.New("the disk is gone")
	_, err := evidence.Verify(iotest.DataErrReader(&failing{strings.NewReader(pack[:200]), broken}), evidence.Options{})
	require.ErrorIs(t, err, broken)
}

type failing struct {
	*strings.Reader
	err error
}

func (f *failing) Read(b []byte) (int, error) {
	n, err := f.Reader.Read(b)
	if err != nil {
		err = f.err
	}
	return n, err
}

func TestAnyPackOfAnythingVerifiesAndAnyChangeOfItIsCaught(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bodies := rapid.SliceOfN(rapid.MapOfN(rapid.String(), rapid.OneOf(
			rapid.String().AsAny(), rapid.Int64().AsAny(), rapid.Float64Range(-1e300, 1e300).AsAny(), rapid.Bool().AsAny(),
			rapid.SliceOfN(rapid.String(), 0, 3).AsAny()), 0, 4), 0, 8).Draw(t, "bodies")
		var b bytes.Buffer
		w, err := evidence.NewWriter(&b, evidence.Header{Cutover: rapid.String().Draw(t, "name")}, noon)
		require.NoError(t, err)
		for i, body := range bodies {
			require.NoError(t, w.Add(fmt.Sprintf("kind%d", i%3), noon.Add(time.Duration(i)), body))
		}
		_, err = w.Close()
		require.NoError(t, err)
		pack := b.String()
		_, err = verify(pack)
		require.NoError(t, err)

		from := rapid.IntRange(0, len(pack)-1).Draw(t, "from")
		to := rapid.IntRange(from, min(len(pack), from+40)).Draw(t, "to")
		put := rapid.StringN(0, 20, -1).Draw(t, "put")
		changed := pack[:from] + put + pack[to:]
		if changed == pack {
			t.Skip("nothing was changed")
		}
		require.Equal(t, firstLine(pack, changed), caught(t, changed).Line, "the first line that differs")
	})
}

func TestASealedPackTakesNoMore(t *testing.T) {
	w, err := evidence.NewWriter(&bytes.Buffer{}, evidence.Header{}, noon)
	require.NoError(t, err)
	require.Error(t, w.Add(evidence.KindSeal, noon, nil))
	require.Error(t, w.Add("thing", noon, func() {}))
	_, err = w.Close()
	require.NoError(t, err)
	require.Error(t, w.Add("thing", noon, nil))
}
