package connections

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"

	"gatehouse/models"
)

// Unready says why nobody can sign in through a connection as it is stored, and nothing when it can be tried. Nobody outside
// is asked; that is what Test does.
func Unready(c models.Connection) string {
	preset, _ := FindPreset(c.Strategy)
	var missing []string
	for _, name := range preset.Needs {
		if c.OptionText(name) == "" {
			missing = append(missing, name)
		}
	}
	switch {
	case !c.Enabled:
		return "The connection is switched off."
	case c.Strategy == "ad" || c.Strategy == "auth0-adldap":
		return "No agent of this directory is connected."
	case len(missing) > 0:
		return "These options have no value: " + strings.Join(missing, ", ") + "."
	}
	return ""
}

// AuthorizeIn asks where people would be sent to sign in with a connection.
type AuthorizeIn struct {
	ID          string `path:"id" json:"-"`
	State       string `json:"state" doc:"Comes back with the answer."`
	RedirectURI string `json:"redirect_uri" doc:"Where the provider sends people back to; it must be registered there."`
}

// AuthorizeOut is that address.
type AuthorizeOut struct {
	URL string `json:"url"`
}

// Authorize gives the address of the provider's sign-in for a code (RFC 6749 section 4.1.1). An endpoint that is not among the
// options is read from the provider's discovery document.
// Faults: NotFound, Forbidden, Invalid (state, redirect_uri), Conflict (connection_not_ready), Unavailable (the provider does not answer).
func (o Ops) Authorize(ctx context.Context, in AuthorizeIn) (AuthorizeOut, error) {
	c, err := o.Get(ctx, IDIn{ID: in.ID})
	if err != nil {
		return AuthorizeOut{}, err
	}
	var k models.Check
	k.Length("state", in.State, 1, 2048)
	to, err := url.Parse(in.RedirectURI)
	k.That(err == nil && to.Scheme != "" && to.Fragment == "" && len(in.RedirectURI) <= 2048, "redirect_uri", "not_a_url", "Give a complete address such as https://app.example.com/callback.")
	if err := k.Err(); err != nil {
		return AuthorizeOut{}, err
	}
	if why := Unready(c); why != "" {
		return AuthorizeOut{}, &models.Fault{Code: models.Conflict, Reason: "connection_not_ready", Text: why}
	}
	endpoint, err := o.authorizationEndpoint(ctx, c)
	if err != nil {
		return AuthorizeOut{}, err
	}
	at, err := url.Parse(endpoint)
	if err != nil || at.Host == "" {
		return AuthorizeOut{}, &models.Fault{Code: models.Conflict, Reason: "connection_not_ready", Text: "The connection has no authorization endpoint that people could be sent to."}
	}
	q := at.Query()
	for name, value := range map[string]string{"response_type": "code", "client_id": c.OptionText("client_id"), "redirect_uri": in.RedirectURI, "state": in.State, "scope": scopeOf(c)} {
		if value != "" {
			q.Set(name, value)
		}
	}
	at.RawQuery = q.Encode()
	return AuthorizeOut{at.String()}, nil
}

// scopeOf is what the connection asks for: its own scopes, or the usual ones of its provider.
func scopeOf(c models.Connection) string {
	switch v := c.Options["scope"].(type) {
	case string:
		if strings.TrimSpace(v) != "" {
			return v
		}
	case []any:
		var words []string
		for _, word := range v {
			if text, ok := word.(string); ok {
				words = append(words, text)
			}
		}
		if len(words) > 0 {
			return strings.Join(words, " ")
		}
	}
	preset, _ := FindPreset(c.Strategy)
	return preset.Scope
}

func (o Ops) authorizationEndpoint(ctx context.Context, c models.Connection) (string, error) {
	preset, _ := FindPreset(c.Strategy)
	if at := preset.AuthorizationEndpoint(c); at != "" {
		return at, nil
	}
	at := preset.Discovery(c)
	if at == "" || o.Outside == nil {
		return "", nil
	}
	answer, err := o.Outside(ctx, at)
	if err != nil {
		return "", &models.Fault{Code: models.Unavailable, Reason: "provider_unavailable", Text: why(err)}
	}
	var p provider
	if err := json.Unmarshal(answer.Body, &p); err != nil || answer.Status != 200 {
		return "", &models.Fault{Code: models.Unavailable, Reason: "provider_unavailable", Text: "The provider's discovery document cannot be read."}
	}
	return p.AuthorizationEndpoint, nil
}
