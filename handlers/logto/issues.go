package logto

import (
	"strconv"
	"strings"

	"gatehouse/models"
)

// issue is one wrong member, in the shape of a Zod issue.
type issue struct {
	Code     string `json:"code"`
	Expected string `json:"expected,omitempty"`
	Received string `json:"received,omitempty"`
	Path     []any  `json:"path"`
	Message  string `json:"message"`
}

// zodError is what the data of guard.invalid_input holds.
type zodError struct {
	Issues []issue `json:"issues"`
	Name   string  `json:"name"`
}

// issueCodes are the words for our reasons; whatever else is wrong is custom.
var issueCodes = map[string]string{"required": "invalid_type", "wrong_type": "invalid_type", "null": "invalid_type", "not_allowed": "invalid_enum_value",
	"too_short": "too_small", "too_long": "too_big", "not_whole": "invalid_type"}

// issueOf tells of a wrong member.
func issueOf(f models.FieldFault) issue {
	out := issue{Code: issueCodes[f.Reason], Path: pathOf(f.Name), Message: f.Text}
	switch {
	case out.Code == "" && strings.HasPrefix(f.Text, "Use a number of at least"):
		out.Code = "too_small"
	case out.Code == "" && strings.HasPrefix(f.Text, "Use a number of at most"):
		out.Code = "too_big"
	case out.Code == "":
		out.Code = "custom"
	case f.Reason == "required":
		out.Received, out.Message = "undefined", "Required"
	case f.Reason == "null":
		out.Received = "null"
	case f.Reason == "wrong_type":
		out.Expected, out.Received = types(f.Text)
	}
	return out
}

// types finds in "This must be a string, not a number." what was wanted and what came.
func types(text string) (wanted, got string) {
	wanted, got, _ = strings.Cut(strings.TrimSuffix(text, "."), ", not ")
	wanted = strings.TrimPrefix(wanted, "This must be ")
	return typeName(wanted), typeName(got)
}

func typeName(words string) string {
	if words == "true or false" {
		return "boolean"
	}
	_, name, ok := strings.Cut(words, " ")
	if !ok {
		return words
	}
	return name
}

// pathOf spells "a.b[2].c" as a list of steps.
func pathOf(name string) []any {
	out := []any{}
	for _, part := range strings.FieldsFunc(name, func(r rune) bool { return r == '.' || r == '[' || r == ']' }) {
		if n, err := strconv.Atoi(part); err == nil {
			out = append(out, n)
			continue
		}
		out = append(out, part)
	}
	return out
}

// details is a line for each issue.
func details(issues []issue) string {
	lines := make([]string, len(issues))
	for i, is := range issues {
		lines[i] = `Error in key path "` + keyPath(is.Path) + `": (` + is.Code + `) ` + is.Message
	}
	return strings.Join(lines, "\n")
}

func keyPath(path []any) string {
	parts := make([]string, len(path))
	for i, p := range path {
		switch p := p.(type) {
		case int:
			parts[i] = strconv.Itoa(p)
		case string:
			parts[i] = p
		}
	}
	return strings.Join(parts, ".")
}
