package logto

import (
	"encoding/json"
	"testing"

	"gatehouse/models"
)

// FuzzBodies reads anything as the body of every input: it is refused with a fault, or it maps without a panic, and what is shown
// of an experience reads back.
func FuzzBodies(f *testing.F) {
	for _, text := range []string{`{"name":"x","type":"SPA","customData":{"a":1,"b":"c"},"customClientMetadata":{"idTokenTtl":1,"refreshTokenTtlInDays":7}}`,
		`{"oidcClientMetadata":{"redirectUris":["https://*.a.example.com"],"postLogoutRedirectUris":[]},"isAdmin":true,"protectedAppMetadata":null}`,
		`{"name":"s","nameIdFormat":"urn:oasis:names:tc:SAML:2.0:nameid-format:transient","acsUrl":{"binding":"x","url":""},"encryption":null}`,
		`{"color":{"primaryColor":"#abc","isDarkModeEnabled":true,"darkPrimaryColor":"#1"},"passwordPolicy":{},"mfa":{"factors":["Totp"],"policy":"NoPrompt"}}`,
		`{"termsOfUseUrl":null,"privacyPolicyUrl":"","sentinelPolicy":{},"signUp":{"identifiers":[],"password":true,"verify":false}}`, `[]`, `null`, `{"name":`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, in := range []any{&createApplicationIn{}, &updateApplicationIn{}, &customDataIn{}, &createSecretIn{}, &addAppDomainIn{}, &putAccessControlIn{},
			&appExperienceIn{}, &createSAMLIn{}, &updateSAMLIn{}, &createCertificateIn{}, &signInExpIn{}, &passwordIn{},
			&translationIn{}, &templatesIn{}, &templatePatch{}, &consoleConfig{}, &idTokenConfig{}, &sessionIn{}, &rotateIn{}, &accountIn{}, &captchaIn{},
			&newFieldIn{}, &newFieldsIn{}, &putFieldIn{}, &orderIn{}, &domainIn{}, &cleanIn{}, &filesIn{}} {
			if err := decode(body, in); err != nil {
				if _, ok := models.AsFault(err); !ok {
					t.Fatalf("%T: not a fault: %v", in, err)
				}
				continue
			}
			exercise(t, in)
		}
	})
}

func exercise(t *testing.T, in any) {
	switch in := in.(type) {
	case *createApplicationIn:
		_ = in.checkNew(in.Type, in.ThirdParty.V)
		s := in.creation(in.Type)
		_, err := json.Marshal(application(models.Client{Profile: s.Profile.V, Metadata: s.Metadata.V, Stored: s.Stored.V, RedirectURIs: s.RedirectURIs.V}))
		check(t, err)
	case *updateApplicationIn:
		_ = in.settings(models.Client{ID: "c", Protocol: models.ProtocolOIDC})
	case *customDataIn:
		if !json.Valid(merged(json.RawMessage(`{"a":1}`), in.Data)) {
			t.Fatalf("%s merges into nonsense", in.Data)
		}
	case *createSAMLIn:
		_ = in.check()
		_ = in.creation()
	case *appExperienceIn:
		_, err := in.edits().sections()
		check(t, err)
	case *translationIn:
		texts, err := in.flat()
		if _, ok := models.AsFault(err); err != nil && !ok {
			t.Fatal(err)
		}
		_, err = json.Marshal(unflatten(texts))
		check(t, err)
	case *newFieldIn:
		_ = in.refused()
		_, err := json.Marshal(in.on(keptField{}))
		check(t, err)
	case *accountIn:
		_, err := json.Marshal(in.on(account{}))
		check(t, err)
	case *signInExpIn:
		_ = in.refused()
		_, err := in.edits(models.DefaultExperience(), nil).sections()
		check(t, err)
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestWhatIsShownReads: the whole of what an experience shows is an input that means the same.
func TestWhatIsShownReads(t *testing.T) {
	shown, err := json.Marshal(signInExp("default", models.DefaultExperience(), keptMembers{CustomContent: json.RawMessage("{}")}, nil))
	check(t, err)
	var in signInExpIn
	check(t, decode(shown, &in))
	e := in.edits(models.DefaultExperience(), nil)
	if _, ok := e["lockout.tiers"]; ok {
		t.Error("the tiers of the lockout would be lost")
	}
	if e["sign_up.mode"] != models.ModeBoth || e["password.min_length"] != int64(8) {
		t.Errorf("%v", e)
	}
}
