package logto

import (
	"bytes"
	"encoding/json"

	"gatehouse/models"
)

// Call is a request of this dialect that brings something into the state it is shown in, for people who want to automate what a
// form does. Without a method the dialect has no words for it.
type Call struct {
	Method string
	Path   string
	Body   []byte // indented JSON
}

// spokenApplication is an application as an input says it. The type is said at creation only.
type spokenApplication struct {
	Name        string          `json:"name"`
	Description string          `json:"description"`
	Type        string          `json:"type,omitempty"`
	OIDC        oidcMetadata    `json:"oidcClientMetadata"`
	Custom      customMetadata  `json:"customClientMetadata"`
	CustomData  json.RawMessage `json:"customData,omitempty"`
}

// ShowClient is the call that makes a client, or, when it has an id, that writes it.
func ShowClient(c models.Client) Call {
	if !isApplication(c) {
		return Call{}
	}
	call := Call{Method: "PATCH", Path: Prefix + "/applications/" + c.ID}
	out := spokenApplication{Name: c.Name, Description: c.Description, OIDC: shownOIDC(c), Custom: shownCustom(c), CustomData: c.Stored[storedCustomData]}
	if c.ID == "" {
		call.Method, call.Path, out.Type = "POST", Prefix+"/applications", typeNames[c.Profile]
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	_ = enc.Encode(out) // these types always encode
	call.Body = bytes.TrimRight(b.Bytes(), "\n")
	return call
}
