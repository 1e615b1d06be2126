package transmit

import (
	"encoding/json"
	"os"
	"testing"

	"gatehouse/handlers/clients"
	"gatehouse/models"
	"gatehouse/web"
)

// FuzzBodies reads anything as the body of every input: it is refused with a fault, or it maps without a panic, and what the
// mapping of login methods shows reads back.
func FuzzBodies(f *testing.F) {
	data, err := os.ReadFile("testdata/examples.json")
	if err != nil {
		f.Fatal(err)
	}
	var examples []struct {
		JSON json.RawMessage `json:"json"`
	}
	if err := json.Unmarshal(data, &examples); err != nil {
		f.Fatal(err)
	}
	for _, e := range examples {
		f.Add([]byte(e.JSON))
	}
	f.Add([]byte(`{"push":{"apn":[{"key":"k","keyId":"i","teamId":"t","bundle":"b"}],"fcm":{"key":{}}},"totp":{"digits":6}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, in := range []any{&createApplicationIn{}, &updateApplicationIn{}, &createClientIn{}, &updateClientIn{}, &createManagementIn{},
			&updateManagementIn{}, &createKeyIn{}, &uploadKeyIn{}, &updateKeyIn{}, &setMethodsIn{}, &clientResourcesIn{}} {
			err := web.ReadShape(body, in, web.Lenient)
			if err != nil {
				if _, ok := models.AsFault(err); !ok {
					t.Fatalf("%T: not a fault: %v", in, err)
				}
				continue
			}
			mapped(t, in)
		}
	})
}

func mapped(t *testing.T, in any) {
	switch in := in.(type) {
	case *createApplicationIn:
		_, _ = in.fields(), in.first(in.mirrored()).creation("")
	case *updateApplicationIn:
		_ = in.first(in.mirrored()).settings(models.Client{ID: "c", Protocol: models.ProtocolOIDC})
	case *createClientIn:
		_ = client(draft(in.creation("a")), models.Secret{})
	case *updateClientIn:
		_ = in.settings(models.Client{ID: "c", Protocol: models.ProtocolSAML})
	case *createManagementIn:
		_ = machine(in.first(in.mirrored()).creation("").Settings)
	case *setMethodsIn:
		shown, err := json.Marshal(methodsOut(methodsIn(in.authMethods)))
		var again setMethodsIn
		if err != nil || web.ReadShape(shown, &again, web.Lenient) != nil {
			t.Fatalf("what is shown cannot be read: %s %v", shown, err)
		}
	}
}

// draft is a row with some of what a creation says.
func draft(in clients.CreateIn) models.Client {
	return models.Client{Protocol: in.Protocol, Name: in.Name.V, PKCE: in.PKCE.V, TokenEndpointAuthMethod: in.TokenEndpointAuthMethod.V, JWKS: in.JWKS.V}
}
