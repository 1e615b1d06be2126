package ui

import (
	"encoding/json"
	"strconv"
	"strings"
)

// Request is a call of an API, to be shown as code that can be run: $GATEHOUSE is the origin and $TOKEN a token.
type Request struct {
	Verb, Path string
	Body       string // JSON, indented; none when empty
	Version    string // sent as If-Match when not empty
}

// RequestLanguages are the languages that Code speaks, for the tabs of an ApiCall.
var RequestLanguages = []Option{{Value: "curl", Label: "curl"}, {Value: "go", Label: "Go"}, {Value: "js", Label: "JavaScript"}}

// Code writes the request in a language, and names that for a CodeBlock.
func (r Request) Code(language string) (text, highlight string) {
	switch language {
	case "go":
		return r.golang(), "go"
	case "js":
		return r.javascript(), "js"
	}
	return r.curl(), "sh"
}

func (r Request) curl() string {
	lines := []string{"curl -X " + r.Verb, "  " + r.address(), `  -H "Authorization: Bearer $TOKEN"`}
	if r.Version != "" {
		lines = append(lines, "  -H "+inShell(`If-Match: "`+r.Version+`"`))
	}
	if r.Body != "" {
		option := "  --json "
		if strings.HasPrefix(r.Body, "@") { // which would be the name of a file
			option = "  -H 'Content-Type: application/json' --data-raw "
		}
		lines = append(lines, option+inShell(indentRest(r.Body, "  ")))
	}
	return strings.Join(lines, " \\\n")
}

// address is where a shell sends the request: in one piece where nothing in the path means something to a shell.
func (r Request) address() string {
	if strings.ContainsAny(r.Path, "$`\\\"!") {
		return `"$GATEHOUSE"` + inShell(r.Path)
	}
	return `"$GATEHOUSE` + r.Path + `"`
}

// inShell quotes a text so that no shell reads anything into it.
func inShell(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

func (r Request) golang() string {
	body := "nil"
	if r.Body != "" {
		body = "strings.NewReader(`" + r.Body + "`)"
		if strings.Contains(r.Body, "`") {
			body = "strings.NewReader(" + strconv.Quote(r.Body) + ")"
		}
	}
	lines := []string{`req, err := http.NewRequest("` + r.Verb + `", os.Getenv("GATEHOUSE")+` + strconv.Quote(r.Path) + `, ` + body + ")",
		"if err != nil {", "\treturn err", "}", `req.Header.Set("Authorization", "Bearer "+os.Getenv("TOKEN"))`}
	if r.Version != "" {
		lines = append(lines, `req.Header.Set("If-Match", `+strconv.Quote(`"`+r.Version+`"`)+")")
	}
	if r.Body != "" {
		lines = append(lines, `req.Header.Set("Content-Type", "application/json")`)
	}
	return strings.Join(append(lines, "res, err := http.DefaultClient.Do(req)"), "\n")
}

func (r Request) javascript() string {
	address := "`${process.env.GATEHOUSE}" + r.Path + "`"
	if strings.ContainsAny(r.Path, "$`\\") {
		address = "process.env.GATEHOUSE + " + inScript(r.Path)
	}
	lines := []string{"const res = await fetch(" + address + ", {", `  method: "` + r.Verb + `",`, "  headers: {", "    Authorization: `Bearer ${process.env.TOKEN}`,"}
	if r.Version != "" {
		lines = append(lines, `    "If-Match": `+inScript(`"`+r.Version+`"`)+`,`)
	}
	if r.Body != "" {
		lines = append(lines, `    "Content-Type": "application/json",`)
	}
	lines = append(lines, "  },")
	if r.Body != "" {
		body := inScript(r.Body)
		if json.Valid([]byte(r.Body)) {
			body = "JSON.stringify(" + indentRest(r.Body, "  ") + ")"
		}
		lines = append(lines, "  body: "+body+",")
	}
	return strings.Join(append(lines, "});"), "\n")
}

// inScript is a text as a literal of JavaScript.
func inScript(text string) string {
	raw, _ := json.Marshal(text) // a text always is one of JSON, and that one of JavaScript
	return string(raw)
}

// indentRest moves every line but the first to the right.
func indentRest(text, by string) string { return strings.ReplaceAll(text, "\n", "\n"+by) }
