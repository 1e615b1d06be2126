package clients

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"gatehouse/models"
)

// Change is what a form does to a client, for dialects that say it in their words. Before has no id for a client that is new.
type Change struct{ Before, After models.Client }

// Unsaid are the settings that the change touches and that make no difference to how a dialect encodes a client.
func (c Change) Unsaid(encode func(models.Client) []byte) []string {
	_, diff := changed(c.Before, c.After)
	as, out := encode(c.Before), []string(nil)
	for name, value := range diff {
		one := c.Before
		asSettings(map[string]json.RawMessage{name: value}).apply(&one)
		if bytes.Equal(encode(one), as) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// Draft is the client that creation with an input would make, without its id.
func Draft(in CreateIn) models.Client {
	profile := in.Profile.V
	or(&profile, models.ProfileWeb)
	or(&in.Protocol, models.ProtocolOIDC)
	start := Defaults(in.Protocol, profile)
	start.ApplicationID = in.ApplicationID
	return draft(start, in.Settings)
}

// draft is a client as the changes would leave it.
func draft(client models.Client, said Settings) models.Client {
	said.apply(&client)
	fill(&client)
	follow(&client, said)
	return client
}

// warn says what the API would find wrong with the changes.
func warn(client models.Client, said Settings) string {
	client = draft(client, said)
	fault, bad := models.AsFault(check(&client, said))
	if !bad {
		return ""
	}
	names := make([]string, len(fault.Fields))
	for i, f := range fault.Fields {
		names[i] = f.Name
	}
	return "The API would answer 422 and name " + strings.Join(names, ", ") + "."
}
