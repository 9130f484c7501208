package sso

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestConditionsCompareWithoutCase(t *testing.T) {
	anna := User{UserName: "Anna.Berg", Groups: []string{"Break Glass", "CCS Billing"}}
	for _, c := range []struct {
		attribute, operator, value string
		holds                      bool
	}{
		{"user.userName", "eq", "anna.berg", true},
		{"userName", "eq", "ANNA.BERG", true},
		{"user.userName", "eq", "anna", false},
		{"user.userName", "ne", "anna.berg", false},
		{"user.userName", "ne", "bob", true},
		{"user.userName", "co", "NA.BE", true},
		{"user.userName", "coany", `["zzz","na.b"]`, true},
		{"user.userName", "sw", "anna", true},
		{"user.userName", "sw", "berg", false},
		{"user.userName", "ew", ".BERG", true},
		{"user.userName", "in", `["bob","ANNA.berg"]`, true},
		{"user.userName", "in", `[]`, false},
		{"user.userName", "nin", `["bob"]`, true},
		{"user.userName", "nin", `["bob","anna.berg"]`, false},
		{"user.userName", "IN", `["anna.berg"]`, true},
		{"user.userName", "eq", `[anna`, false},
		{"user.groups", "eq", "break glass", true},
		{"groups", "in", `["Nobody","CCS billing"]`, true},
		{"user.groups", "nin", `["CCS Billing"]`, false},
		{"user.groups", "co", "glass", true},
		{"user.department", "ne", "x", false},
		{"user.userName", "gt", "a", false},
	} {
		got := Condition{c.attribute, c.operator, c.value}.holds(anna)
		require.Equal(t, c.holds, got, "%s %s %s", c.attribute, c.operator, c.value)
	}
}

func TestTheFirstActiveRuleThatHoldsCounts(t *testing.T) {
	off := Rule{Name: "off"}
	bobs := Rule{Name: "bob's", Active: true, Condition: &Condition{"userName", "eq", "bob"}}
	all := Rule{Name: "default", Active: true, Local: []string{local}}

	got, ok := ruleFor([]Rule{off, bobs, all}, User{UserName: "BOB"})
	require.True(t, ok)
	require.Equal(t, "bob's", got.Name)
	got, ok = ruleFor([]Rule{off, bobs, all}, User{UserName: "anna"})
	require.True(t, ok)
	require.Equal(t, "default", got.Name)
	got, ok = ruleFor([]Rule{all, bobs}, User{UserName: "bob"})
	require.True(t, ok)
	require.Equal(t, "default", got.Name, "what stands behind an unconditional rule is never reached")
	_, ok = ruleFor([]Rule{off}, User{UserName: "bob"})
	require.False(t, ok)

	require.True(t, asksUserFirst([]Rule{all, bobs}))
	require.False(t, asksUserFirst([]Rule{all, {Condition: bobs.Condition}}), "a rule that is off asks nobody")
}

func TestEveryNegativeOperatorIsTheOppositeOfItsPositiveOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[a-zA-Z.@ ]{1,8}`)
		u := User{UserName: name.Draw(t, "userName"), Groups: rapid.SliceOf(name).Draw(t, "groups")}
		list, err := json.Marshal(rapid.SliceOf(name).Draw(t, "list"))
		require.NoError(t, err)
		attribute := rapid.SampledFrom([]string{"user.userName", "user.groups"}).Draw(t, "attribute")

		in, nin := Condition{attribute, "in", string(list)}, Condition{attribute, "nin", string(list)}
		require.NotEqual(t, in.holds(u), nin.holds(u))
		shouted := u
		shouted.UserName = strings.ToUpper(u.UserName)
		require.Equal(t, in.holds(u), in.holds(shouted))
	})
}

func TestTheFirstSignOnRuleThatHoldsDecides(t *testing.T) {
	bobs := &Condition{"userName", "eq", "bob"}
	deny := SignOnRule{Name: "Not bob", Active: true, Effect: "DENY", Condition: bobs}
	allow := SignOnRule{Name: "Default Sign-On Rule", Active: true, Effect: "allow"}
	bob, anna := User{UserName: "Bob"}, User{UserName: "anna"}

	require.Empty(t, signOnRefusal(nil, bob), "without a policy nobody is refused")
	require.Contains(t, signOnRefusal([]SignOnRule{deny, allow}, bob), `"Not bob"`)
	require.Empty(t, signOnRefusal([]SignOnRule{deny, allow}, anna))
	require.Empty(t, signOnRefusal([]SignOnRule{allow, deny}, bob), "what stands behind is never reached")
	require.Contains(t, signOnRefusal([]SignOnRule{deny}, anna), "No rule")
	deny.Active = false
	require.Empty(t, signOnRefusal([]SignOnRule{deny, allow}, bob), "a rule that is off refuses nobody")
	require.Empty(t, signOnRefusal([]SignOnRule{{Active: true}}, bob), "a rule that returns no effect says nothing")
}
