package models

import (
	"encoding/json"
	"reflect"
	"testing"
)

func TestSecretsLeaveOptionsAndComeBack(t *testing.T) {
	const pem = "-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY-----"
	for name, c := range map[string]struct {
		options string
		secrets []string
	}{
		"nothing is secret":                     {`{"client_id":"a","scope":["openid"],"n":5,"password_options":{"history":{"size":3}}}`, nil},
		"the client's secret":                   {`{"client_id":"a","client_secret":"s"}`, []string{"/client_secret"}},
		"camel case and other names":            {`{"clientSecret":"s","app_secret":"t","twilio_token":"u","accessKeySecret":"v"}`, []string{"/accessKeySecret", "/app_secret", "/clientSecret", "/twilio_token"}},
		"nested, with a slash in the name":      {`{"auth":{"user":"u","pass":"p"},"a/b":{"secret":"x"}}`, []string{"/a~1b/secret", "/auth/pass"}},
		"variables of scripts":                  {`{"configuration":{"URL":"https://x","KEY":"k"}}`, []string{"/configuration/KEY", "/configuration/URL"}},
		"a private key under any name":          {`{"signing_key":{"cert":"c","key":` + quote(pem) + `},"decryptionKey":` + quote(pem) + `}`, []string{"/decryptionKey", "/signing_key/key"}},
		"in a list":                             {`{"senders":[{"name":"n"},{"apiKey":"k"}]}`, []string{"/senders/1/apiKey"}},
		"an object under a secret's name stays": {`{"password":{"enabled":true}}`, nil},
	} {
		var options map[string]any
		if err := json.Unmarshal([]byte(c.options), &options); err != nil {
			t.Fatal(name, err)
		}
		plain, secrets, cleared := SplitSecrets(options)
		if len(cleared) != 0 || len(secrets) != len(c.secrets) {
			t.Errorf("%s: secrets %v, cleared %v", name, secrets, cleared)
		}
		told, _ := json.Marshal(plain)
		for _, at := range c.secrets {
			if secrets[at] == "" {
				t.Errorf("%s: no secret at %s, but %v", name, at, secrets)
			}
		}
		if back := JoinSecrets(plain, secrets); !reflect.DeepEqual(back, options) {
			t.Errorf("%s: came back as %v, plain %s", name, back, told)
		}
		if again, more, _ := SplitSecrets(plain); len(more) != 0 && name != "in a list" || !reflect.DeepEqual(again, plain) {
			t.Errorf("%s: secrets were left: %v", name, more)
		}
	}
}

func TestAnEmptySecretTakesItAway(t *testing.T) {
	_, secrets, cleared := SplitSecrets(map[string]any{"client_secret": nil, "apiKey": ""})
	if len(secrets) != 0 || len(cleared) != 2 {
		t.Errorf("%v, %v", secrets, cleared)
	}
}

func quote(s string) string { b, _ := json.Marshal(s); return string(b) }
