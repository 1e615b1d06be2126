package logto_test

import (
	"encoding/json"
	"testing"

	"gatehouse/handlers/clients"
	"gatehouse/handlers/logto"
	"gatehouse/models"
)

func TestShownCallsSayWhatTheDialectTakes(t *testing.T) {
	c := clients.Defaults(models.ProtocolOIDC, models.ProfileSPA)
	c.Name, c.RedirectURIs = "Shop", []string{"https://shop.example.com/cb"}
	var body struct {
		Name, Type string
		OIDC       struct{ RedirectURIs []string } `json:"oidcClientMetadata"`
	}
	call := logto.ShowClient(c)
	if err := json.Unmarshal(call.Body, &body); err != nil || call.Method != "POST" || call.Path != "/api/applications" || body.Type != "SPA" || body.OIDC.RedirectURIs[0] != c.RedirectURIs[0] {
		t.Errorf("%+v %+v %v", call, body, err)
	}
	c.ID = "abc"
	if call = logto.ShowClient(c); call.Method != "PATCH" || call.Path != "/api/applications/abc" {
		t.Errorf("%+v", call)
	}
	if call = logto.ShowClient(clients.Defaults(models.ProtocolSAML, models.ProfileSAML)); call.Method != "" {
		t.Errorf("%+v", call)
	}
}
