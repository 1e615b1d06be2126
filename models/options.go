package models

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Options of outside systems are open JSON in which some members are secrets. They are told by their name, wherever they are
// nested, or by holding a private key; secrets are kept apart by their JSON pointer (RFC 6901) and sealed together.

// SecretEdition counts the editions of what is told to be a secret. It rises with every name that is added below, so that what was stored
// before is looked through once more.
const SecretEdition = 1

// secretNames are the members that are secrets when their value is a text, without underscores and in lower case.
var secretNames = []string{"clientsecret", "appsecret", "consumersecret", "secret", "secretkey", "secretaccesskey", "accesskeysecret",
	"privatekey", "password", "bindpassword", "pass", "passphrase", "twiliotoken", "authtoken", "apikey", "apisecret", "token", "accesstoken",
	"apitoken", "servertoken", "authorization", "refreshtoken", "extaccesstoken", "extrefreshtoken", "adminaccesstoken", "adminrefreshtoken", "serviceaccountkey"}

// allSecret are the members whose every text is a secret: variables of scripts.
const allSecret = "configuration"

func isSecret(name, value string) bool {
	plain := strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(name))
	return slices.Contains(secretNames, plain) || strings.Contains(value, "PRIVATE KEY-----")
}

// SplitSecrets takes the secrets out of options. It gives a copy without them, the secrets by pointer, and the pointers at which
// the caller wrote null or an empty text in place of a secret, which takes one away.
func SplitSecrets(options map[string]any) (plain map[string]any, secrets map[string]string, cleared []string) {
	s := splitter{secrets: map[string]string{}}
	plain = s.object(options, "", false)
	return plain, s.secrets, s.cleared
}

type splitter struct {
	secrets map[string]string
	cleared []string
}

func (s *splitter) object(in map[string]any, at string, all bool) map[string]any {
	out := make(map[string]any, len(in))
	for name, value := range in {
		here := at + "/" + pointerEscape.Replace(name)
		text, isText := value.(string)
		switch {
		case (all || isSecret(name, "")) && (value == nil || isText && text == ""):
			s.cleared = append(s.cleared, here)
		case isText && (all || isSecret(name, text)):
			s.secrets[here] = text
		default:
			out[name] = s.value(value, here, name == allSecret)
		}
	}
	return out
}

func (s *splitter) value(value any, at string, all bool) any {
	switch v := value.(type) {
	case map[string]any:
		return s.object(v, at, all)
	case []any:
		out := make([]any, len(v))
		for i := range v {
			here := at + "/" + strconv.Itoa(i)
			if text, ok := v[i].(string); ok && isSecret("", text) {
				s.secrets[here], out[i] = text, ""
				continue
			}
			out[i] = s.value(v[i], here, all)
		}
		return out
	}
	return value
}

var pointerEscape = strings.NewReplacer("~", "~0", "/", "~1")
var pointerUnescape = strings.NewReplacer("~1", "/", "~0", "~")

// JoinSecrets puts secrets back into a copy of options. A secret whose place is gone is left out.
func JoinSecrets(options map[string]any, secrets map[string]string) map[string]any {
	out, _ := cloneJSON(options).(map[string]any)
	if out == nil {
		out = map[string]any{}
	}
	for at, value := range secrets {
		putSecret(out, strings.Split(strings.TrimPrefix(at, "/"), "/"), value)
	}
	return out
}

func cloneJSON(value any) any {
	switch v := value.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, x := range v {
			out[k] = cloneJSON(x)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = cloneJSON(x)
		}
		return out
	}
	return value
}

func putSecret(into any, path []string, value string) {
	name := pointerUnescape.Replace(path[0])
	switch v := into.(type) {
	case map[string]any:
		if len(path) == 1 {
			v[name] = value
			return
		}
		putSecret(v[name], path[1:], value)
	case []any:
		i, err := strconv.Atoi(name)
		if err != nil || i < 0 || i >= len(v) {
			return
		}
		if len(path) == 1 {
			v[i] = value
			return
		}
		putSecret(v[i], path[1:], value)
	}
}

// HasPlace tells whether options have an object in which the secret at a pointer would stand.
func HasPlace(options map[string]any, at string) bool {
	var here any = options
	path := strings.Split(strings.TrimPrefix(at, "/"), "/")
	for _, name := range path[:len(path)-1] {
		object, ok := here.(map[string]any)
		if !ok {
			return false
		}
		here = object[pointerUnescape.Replace(name)]
	}
	_, ok := here.(map[string]any)
	return ok
}

const sealedTable, sealedColumn = "connections", "sealed_secret"

// SealOptions seals the secret options of a connection together; no secrets are an empty text.
func (v *Vault) SealOptions(connectionID string, secrets map[string]string) string {
	if len(secrets) == 0 {
		return ""
	}
	raw, _ := json.Marshal(secrets)
	return v.Seal(sealedTable, sealedColumn, connectionID, NewSecret(string(raw)))
}

// OpenOptions opens the secret options of a connection, by pointer. A row that an earlier version wrote holds one bare value:
// the client's secret.
func (v *Vault) OpenOptions(c Connection) (map[string]string, error) {
	held, err := v.Open(sealedTable, sealedColumn, c.ID, c.SealedSecret)
	if err != nil || held.Empty() {
		return map[string]string{}, err
	}
	var secrets map[string]string
	if err := json.Unmarshal([]byte(held.Reveal()), &secrets); err == nil && pointers(secrets) {
		return secrets, nil
	}
	return map[string]string{MainSecret: held.Reveal()}, nil
}

// MainSecret is the pointer of the secret by which we prove ourselves to the other side.
const MainSecret = "/client_secret"

func pointers(secrets map[string]string) bool {
	for at := range secrets {
		if !strings.HasPrefix(at, "/") {
			return false
		}
	}
	return len(secrets) > 0
}

// OptionText reads a text among options, empty when there is none.
func (c Connection) OptionText(names ...string) string {
	for _, name := range names {
		switch v := c.Options[name].(type) {
		case string:
			if v != "" {
				return v
			}
		case json.Number, float64:
			return fmt.Sprint(v)
		}
	}
	return ""
}
