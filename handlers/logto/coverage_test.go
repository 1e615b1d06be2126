package logto

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

// TestCoverageKnowsEveryMember: whatever an input takes stands in the table, once, and nothing else does.
func TestCoverageKnowsEveryMember(t *testing.T) {
	inputs := map[string][]any{
		"application": {createApplicationIn{}, updateApplicationIn{}}, "application secret": {createSecretIn{}, renameSecretIn{}},
		"application look": {appExperienceIn{}}, "SAML application": {createSAMLIn{}, updateSAMLIn{}, createCertificateIn{}, activateIn{}},
		"sign-in experience": {signInExpIn{}},
		"resource":           {createResourceIn{}, updateResourceIn{}, defaultResourceIn{}}, "scope": {createScopeIn{}, updateScopeIn{}},
		"role":                {createRoleIn{}, updateRoleIn{}, roleScopesIn{}, roleApplicationsIn{}, applicationRolesIn{}},
		"user consent scopes": {addConsentScopesIn{}},
		"connector":           {createConnectorIn{}, updateConnectorIn{}},
	}
	for object, types := range inputs {
		var taken, told []string
		for _, in := range types {
			for _, f := range reflect.VisibleFields(reflect.TypeOf(in)) {
				name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
				if name != "" && name != "-" && !slices.Contains(taken, name) {
					taken = append(taken, name)
				}
			}
		}
		for _, l := range Coverage() {
			if l.Object == object {
				told = append(told, l.Member)
			}
			if l.State != Enforced && l.State != Stored {
				t.Errorf("%s.%s is %q", l.Object, l.Member, l.State)
			}
		}
		slices.Sort(taken)
		slices.Sort(told)
		if !slices.Equal(taken, told) {
			t.Errorf("%s: inputs take %v\nthe table tells of %v", object, taken, told)
		}
	}
}
