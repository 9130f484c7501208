package simulator

import (
	"fmt"
	"reflect"

	"cutover/internal/directory"
)

// inborn is what a domain is born with.
type inborn struct {
	kind *kind
	body object
}

// theFactors is the one resource of its kind.
const theFactors = "AuthenticationFactorSettings"

// bornAlways is what cannot be made by a client: a custom schema with no attributes
// yet, as Oracle's page on customizing user schemas shows it, and the settings of
// multi-factor authentication. The settings of a new domain are in no document: that
// no factor is enabled, and the numbers, are this simulator's. They are kept, and
// nobody is asked for a second factor because of them.
var bornAlways = []inborn{
	{kindSchemas, object{"schemas": []any{kindSchemas.schema}, "id": schemaCustom, "name": "CustomUser", "description": "Custom User", "idcsResourceTypes": []any{"User"}}},
	{kindFactors, object{"schemas": []any{kindFactors.schema}, "id": theFactors,
		"smsEnabled": false, "totpEnabled": false, "pushEnabled": false, "emailEnabled": false, "phoneCallEnabled": false, "bypassCodeEnabled": false,
		"securityQuestionsEnabled": false, "fidoAuthenticatorEnabled": false, "yubicoOtpEnabled": false, "mfaEnrollmentType": "Optional", "mfaEnabledCategory": "none",
		"notificationSettings": object{"pullEnabled": true},
		"bypassCodeSettings": object{"helpDeskCodeExpiryInMins": 1440.0, "helpDeskGenerationEnabled": true, "helpDeskMaxUsage": 1.0, "length": 12.0, "maxActive": 6.0,
			"selfServiceGenerationEnabled": true},
		"clientAppSettings": object{"deviceProtectionPolicy": "NONE", "initialLockoutPeriodInSecs": 30.0, "keyPairLength": 2048.0, "lockoutEscalationPattern": "Constant",
			"maxFailuresBeforeLockout": 10.0, "maxFailuresBeforeWarning": 5.0, "maxLockoutIntervalInSecs": 86400.0, "minPinLength": 6.0, "policyUpdateFreqInDays": 7.0,
			"requestSigningAlgo": "SHA256withRSA", "sharedSecretEncoding": "Base32", "unlockAppForEachRequestEnabled": false, "unlockAppIntervalInSecs": 300.0,
			"unlockOnAppForegroundEnabled": false, "unlockOnAppStartEnabled": false},
		"endpointRestrictions": object{"maxEndpointTrustDurationInDays": 180.0, "maxEnrolledDevices": 20.0, "maxIncorrectAttempts": 20.0, "maxTrustedEndpoints": 20.0,
			"trustedEndpointsEnabled": true},
		"compliancePolicy": []any{object{"name": "lockScreenRequired", "action": "None", "value": "true"}, object{"name": "jailBrokenDevice", "action": "None", "value": "false"}},
		"totpSettings": object{"emailOtpValidityDurationInMins": 10.0, "emailPasscodeLength": 6.0, "hashingAlgorithm": "SHA1", "jwtValidityDurationInSecs": 300.0,
			"keyRefreshIntervalInDays": 60.0, "passcodeLength": 6.0, "smsOtpValidityDurationInMins": 6.0, "smsPasscodeLength": 6.0, "timeStepInSecs": 30.0, "timeStepTolerance": 3.0}}},
}

// bornSignOn is what estates leave out, and Oracle's migration scripts expect: a
// default sign-on policy, whose one rule lets everybody sign in.

const bornCondition = "DefaultSignOnCondition"

var bornSignOn = []inborn{
	{kindConditions, object{"schemas": []any{kindConditions.schema}, "id": bornCondition, "name": "Default Sign-On Condition",
		"attributeName": "target.action", "operator": "eq", "attributeValue": `"Login"`}},
	{kindRules, object{"schemas": []any{kindRules.schema}, "id": directory.DefaultSignOnRuleID, "name": "Default Sign-On Rule", "active": true,
		"condition": "", "policyType": object{"value": "SignOn"}, "conditionGroup": object{"type": "Condition", "value": bornCondition},
		"return": []any{object{"name": "authenticationFactor", "value": "IDP"}, object{"name": "effect", "value": "ALLOW"}}}},
	{kindPolicies, object{"schemas": []any{kindPolicies.schema}, "id": directory.DefaultSignOnPolicyID, "name": "Default Sign-On Policy", "active": true,
		"policyType": object{"value": "SignOn"}, "rules": []any{object{"sequence": 1, "value": directory.DefaultSignOnRuleID, "name": "Default Sign-On Rule"}}}},
}

// bear gives a domain what its estate has not.
func (d *domain) bear(all []inborn) error {
	for _, b := range all {
		id := text(b.body, "id")
		if _, there := d.settings[b.kind].find(id); there {
			continue
		}
		if err := d.loadOne(b.kind, d.stamped(without(b.body), b.kind)); err != nil {
			return fmt.Errorf("%s %s: %w", b.kind.name, id, err)
		}
		s, _ := d.settings[b.kind].find(id)
		d.born[s] = s.body
	}
	return nil
}

// asBorn tells whether a setting is one that the estate did not have, and is as it
// was in the beginning: then a dump leaves it out too.
func (d *domain) asBorn(e entry) bool {
	s, ok := e.(*setting)
	return ok && d.born[s] != nil && reflect.DeepEqual(d.born[s], s.body)
}

// changedSinceBorn tells whether a kind has a resource that a dump shows.
func (d *domain) changedSinceBorn(k *kind) bool {
	for range d.bodies(k) {
		return true
	}
	return false
}
