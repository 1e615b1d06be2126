package handlers

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// spoken is a voice whose objects have an address, their name in one member, and a usual way of being made, changed and deleted.
type spoken struct {
	face, at, id, name string
	prefix             string // of ids on the wire
	verb               string // of a change, PATCH when empty
	body               func(v *visit, name string) any
	fixed              bool // the name is chosen for good
}

func (s spoken) voice() voice {
	one := func(v *visit, id string) string { return v.fill(s.at) + "/" + s.prefix + id }
	verb := s.verb
	if verb == "" {
		verb = "PATCH"
	}
	out := voice{s.face,
		func(v *visit, name string) string {
			v.t.Helper()
			return strings.TrimPrefix(text(v.do(s.face, "POST", v.fill(s.at), s.body(v, name)), s.id), s.prefix)
		},
		func(v *visit, id string) (string, bool) {
			v.t.Helper()
			got := v.look(s.face, one(v, id))
			return text(got, s.name), got != nil
		},
		func(v *visit, id, name string) {
			v.t.Helper()
			v.do(s.face, verb, one(v, id), o{s.name: name})
		},
		func(v *visit, id string) {
			v.t.Helper()
			v.do(s.face, "DELETE", one(v, id), nil)
		},
	}
	if s.fixed {
		out.rename = nil
	}
	return out
}

// fill puts the objects that the visit has made already into an address.
func (v *visit) fill(at string) string {
	if strings.Contains(at, "{api}") {
		v.shared()
		at = strings.ReplaceAll(at, "{api}", v.idOf("/resources", v.api))
	}
	if strings.Contains(at, "{client}") {
		if v.lasting == "" {
			v.lasting = text(v.do("native", "POST", "/applications", o{"name": "Lasting", "client": o{"profile": "machine"}})["client"].(o), "id")
		}
		at = strings.ReplaceAll(at, "{client}", v.lasting)
	}
	return at
}

var resourceLives = life{name: "resources",
	furnish: func(v *visit, id string) {
		_, role, _ := v.shared()
		identifier := text(v.do("native", "GET", "/resources/"+id, nil), "identifier")
		scope := v.do("native", "POST", "/resources/"+id+"/scopes", o{"name": "furnish"})
		v.do("native", "POST", "/roles/"+role+"/scopes", o{"scope_ids": []string{text(scope, "id")}})
		v.fill("{client}")
		grant := v.do("native", "POST", "/client-grants", o{"client_id": v.lasting, "identifier": identifier, "scopes": []string{"furnish"}})
		other := v.do("auth0", "POST", "/client-grants", o{"default_for": "third_party_clients", "audience": identifier, "scope": []string{"furnish"}})
		if v.n%3 == 0 {
			v.do("logto", "PATCH", "/resources/"+id+"/is-default", o{"isDefault": true})
		}
		v.also = append(v.also, text(scope, "id"), text(grant, "id"), strings.TrimPrefix(text(other, "id"), "cgr_"), identifier)
	},
	voices: []voice{
		spoken{face: "native", at: "/resources", id: "id", name: "name", body: func(_ *visit, name string) any {
			return o{"name": name, "identifier": "https://" + name + "/"}
		}}.voice(),
		spoken{face: "auth0", at: "/resource-servers", id: "id", name: "name", body: func(_ *visit, name string) any {
			return o{"name": name, "identifier": "https://" + name + "/"}
		}}.voice(),
		spoken{face: "logto", at: "/resources", id: "id", name: "name", body: func(_ *visit, name string) any {
			return o{"name": name, "indicator": "https://" + name + "/"}
		}}.voice(),
	},
}

var scopeLives = life{name: "scopes",
	furnish: func(v *visit, id string) {
		_, role, _ := v.shared()
		v.do("native", "POST", "/roles/"+role+"/scopes", o{"scope_ids": []string{id}})
		v.fill("{client}")
		name, _ := scopeNative.read(v, id)
		grant := v.do("native", "POST", "/client-grants", o{"client_id": v.lasting, "identifier": v.api, "scopes": []string{name}})
		v.grants = append(v.grants, text(grant, "id"))
		for _, g := range v.grants { // one client has one grant of an API
			v.do("native", "DELETE", "/client-grants/"+g, nil)
		}
		v.grants = nil
	},
	voices: []voice{scopeNative, scopeLogto, scopeAuth0},
}

// scopeOf finds a scope of the shared API in a list of it.
func (v *visit) scopeOf(id string) o {
	v.t.Helper()
	items, _ := v.do("native", "GET", v.fill("/resources/{api}/scopes"), nil)["items"].([]any)
	for _, item := range items {
		if s := item.(o); s["id"] == id {
			return s
		}
	}
	return nil
}

var (
	scopeNative = voice{"native",
		func(v *visit, name string) string {
			return text(v.do("native", "POST", v.fill("/resources/{api}/scopes"), o{"name": name}), "id")
		},
		func(v *visit, id string) (string, bool) { s := v.scopeOf(id); return text(s, "name"), s != nil },
		func(v *visit, id, name string) {
			v.do("native", "PATCH", v.fill("/resources/{api}/scopes/"+id), o{"name": name})
		},
		func(v *visit, id string) { v.do("native", "DELETE", v.fill("/resources/{api}/scopes/"+id), nil) },
	}
	scopeLogto = voice{"logto",
		func(v *visit, name string) string {
			return text(v.do("logto", "POST", v.fill("/resources/{api}/scopes"), o{"name": name}), "id")
		},
		func(v *visit, id string) (string, bool) {
			items, _ := v.do("logto", "GET", v.fill("/resources/{api}/scopes"), nil)[""].([]any)
			for _, item := range items {
				if s := item.(o); s["id"] == id {
					return text(s, "name"), true
				}
			}
			return "", false
		},
		func(v *visit, id, name string) {
			v.do("logto", "PATCH", v.fill("/resources/{api}/scopes/"+id), o{"name": name})
		},
		func(v *visit, id string) { v.do("logto", "DELETE", v.fill("/resources/{api}/scopes/"+id), nil) },
	}
	// To Auth0's face scopes are a member of their resource, known by name.
	scopeAuth0 = voice{"auth0",
		func(v *visit, name string) string {
			at := v.fill("/resource-servers/{api}")
			list, _ := v.do("auth0", "GET", at, nil)["scopes"].([]any)
			v.do("auth0", "PATCH", at, o{"scopes": append(list, o{"value": name})})
			items, _ := v.do("native", "GET", v.fill("/resources/{api}/scopes"), nil)["items"].([]any)
			for _, item := range items {
				if s := item.(o); s["name"] == name {
					return text(s, "id")
				}
			}
			v.t.Fatalf("%s was not made", name)
			return ""
		},
		func(v *visit, id string) (string, bool) {
			name := text(v.scopeOf(id), "name")
			list, _ := v.do("auth0", "GET", v.fill("/resource-servers/{api}"), nil)["scopes"].([]any)
			for _, item := range list {
				if s := item.(o); s["value"] == name {
					return name, true
				}
			}
			return "", false
		},
		func(v *visit, id, name string) { // it cannot rename: it knows scopes by name
			v.do("native", "PATCH", v.fill("/resources/{api}/scopes/"+id), o{"name": name})
		},
		func(v *visit, id string) {
			name, at := text(v.scopeOf(id), "name"), v.fill("/resource-servers/{api}")
			var left []any
			list, _ := v.do("auth0", "GET", at, nil)["scopes"].([]any)
			for _, item := range list {
				if item.(o)["value"] != name {
					left = append(left, item)
				}
			}
			v.do("auth0", "PATCH", at, o{"scopes": left})
		},
	}
)

var roleLives = life{name: "roles",
	furnish: func(v *visit, id string) {
		v.fill("{client}")
		v.do("native", "POST", "/clients/"+v.lasting+"/roles", o{"role_ids": []string{id}})
	},
	voices: []voice{
		spoken{face: "native", at: "/roles", id: "id", name: "name", body: func(_ *visit, name string) any {
			return o{"name": name, "kind": "machine"}
		}}.voice(),
		spoken{face: "logto", at: "/roles", id: "id", name: "name", body: func(_ *visit, name string) any {
			return o{"name": name, "description": "Lives", "type": "MachineToMachine"}
		}}.voice(),
	},
}

var grantLives = life{name: "grants", reread: true,
	voices: []voice{
		spoken{face: "native", at: "/client-grants", id: "id", fixed: true, body: func(v *visit, _ string) any {
			v.fill("{api}{client}")
			return o{"client_id": v.lasting, "identifier": v.api, "scopes": []string{"live"}}
		}}.voice(),
		spoken{face: "auth0", at: "/client-grants", id: "id", fixed: true, prefix: "cgr_", body: func(v *visit, _ string) any {
			v.fill("{api}{client}")
			return o{"client_id": v.lasting, "audience": v.api, "scope": []string{"live"}}
		}}.voice(),
	},
}

var connectionLives = life{name: "connections", reread: true, // its name for programs is fixed, that for people is optional
	furnish: func(v *visit, id string) {
		v.fill("{client}")
		v.do("native", "PATCH", "/connections/"+id+"/clients", o{"clients": []any{o{"client_id": v.lasting, "enabled": true}}})
		res, _ := v.call(v.tokens["native"], "POST", "/rest/v1/connections/"+id+"/keys", o{})
		if res.StatusCode >= 500 {
			v.t.Errorf("keys: %d", res.StatusCode)
		}
		v.do("native", "PATCH", "/experience", o{"methods": o{"connections": []string{id}}})
	},
	voices: []voice{
		spoken{face: "native", at: "/connections", id: "id", name: "display_name", body: func(_ *visit, name string) any {
			return o{"name": strings.ReplaceAll(name, ".", "-"), "display_name": name, "strategy": "google", "options": o{"client_id": "c", "client_secret": "s"}}
		}}.voice(),
		spoken{face: "auth0", at: "/connections", id: "id", name: "display_name", prefix: "con_", body: func(_ *visit, name string) any {
			return o{"name": strings.ReplaceAll(name, ".", "-"), "display_name": name, "strategy": "google-oauth2", "options": o{"client_id": "c", "client_secret": "s"}}
		}}.voice(),
		func() voice {
			out := spoken{face: "logto", at: "/connectors", id: "id", body: func(_ *visit, name string) any {
				return o{"connectorId": "google-universal", "config": o{"clientId": "c", "clientSecret": "s", "scope": name}}
			}}.voice()
			out.rename = func(v *visit, id, name string) {
				v.do("logto", "PATCH", "/connectors/"+id, o{"config": o{"clientId": "c", "clientSecret": "s", "scope": name}})
			}
			return out
		}(),
	},
}

var domainLives = life{name: "domains", voices: []voice{
	spoken{face: "auth0", at: "/custom-domains", id: "custom_domain_id", name: "domain", prefix: "cd_", fixed: true, body: func(_ *visit, name string) any {
		return o{"domain": name, "type": "auth0_managed_certs"}
	}}.voice(),
	spoken{face: "logto", at: "/domains", id: "id", name: "domain", fixed: true, body: func(_ *visit, name string) any {
		return o{"domain": name}
	}}.voice(),
}}

var secretLives = life{name: "secrets",
	furnish: func(v *visit, id string) {
		items, _ := v.do("logto", "GET", v.fill("/applications/{client}/secrets"), nil)[""].([]any)
		for _, item := range items {
			value := text(item.(o), "value")
			if got := v.ask("/oidc/token", v.lasting, value, nil); got.Error != "" {
				v.t.Errorf("a secret that is listed does not open: %+v", got)
			}
		}
	},
	voices: []voice{
		spoken{face: "native", at: "/clients/{client}/secrets", id: "id", name: "name", body: func(_ *visit, name string) any { return o{"name": name} }}.voice(),
		func() voice {
			at := func(v *visit) string { return v.fill("/applications/{client}/secrets") }
			find := func(v *visit, member, is string) o {
				items, _ := v.do("logto", "GET", at(v), nil)[""].([]any)
				for _, item := range items {
					if s := item.(o); s[member] == is {
						return s
					}
				}
				return nil
			}
			name := func(v *visit, id string) string {
				return text(v.do("native", "GET", v.fill("/clients/{client}/secrets/"+id), nil), "name")
			}
			return voice{"logto",
				func(v *visit, name string) string {
					v.do("logto", "POST", at(v), o{"name": name, "expiresAt": nil})
					items, _ := v.do("native", "GET", v.fill("/clients/{client}/secrets"), nil)["items"].([]any)
					for _, item := range items {
						if s := item.(o); s["name"] == name {
							return text(s, "id")
						}
					}
					v.t.Fatalf("%s was not made", name)
					return ""
				},
				func(v *visit, id string) (string, bool) {
					got := v.look("native", v.fill("/clients/{client}/secrets/"+id))
					found := find(v, "name", text(got, "name"))
					return text(found, "name"), got != nil && found != nil
				},
				func(v *visit, id, to string) { v.do("logto", "PATCH", at(v)+"/"+name(v, id), o{"name": to}) },
				func(v *visit, id string) { v.do("logto", "DELETE", at(v)+"/"+name(v, id), nil) },
			}
		}(),
	},
}

var webhookLives = life{name: "webhooks",
	furnish: func(v *visit, id string) {
		v.do("native", "POST", "/webhooks/"+id+"/test", o{"events": []string{"role.created"}})
	},
	voices: []voice{
		spoken{face: "native", at: "/webhooks", id: "id", name: "name", body: func(_ *visit, name string) any {
			return o{"name": name, "url": "https://127.0.0.1/", "events": []string{"role.created"}}
		}}.voice(),
		spoken{face: "logto", at: "/hooks", id: "id", name: "name", body: func(_ *visit, name string) any {
			return o{"name": name, "events": []string{"Role.Created"}, "config": o{"url": "https://127.0.0.1/"}}
		}}.voice(),
	},
}

// An old version of the experience may offer a connection that is gone: restoring it does not bring that back.
func TestRestoringDoesNotOfferWhatIsGone(t *testing.T) {
	v := newVisit(t)
	id := text(v.do("native", "POST", "/connections", o{"name": "gone", "strategy": "google"}), "id")
	v.do("native", "PATCH", "/experience", o{"methods": o{"connections": []string{id}}})
	v.do("native", "DELETE", "/connections/"+id, nil)
	versions, _ := v.do("native", "GET", "/experience/versions", nil)["items"].([]any)
	for _, each := range versions {
		number := int(each.(o)["number"].(float64))
		res, body := v.call(v.tokens["native"], "POST", fmt.Sprintf("/rest/v1/experience/versions/%d/restore", number), o{})
		if res.StatusCode >= 500 {
			t.Errorf("restore %d: %d %s", number, res.StatusCode, body)
		}
		if now, _ := json.Marshal(v.do("native", "GET", "/experience", nil)); strings.Contains(string(now), id) {
			t.Errorf("version %d offers a connection that is gone", number)
		}
	}
}
