package clients

import (
	"fmt"
	"strings"

	"gatehouse/models"
	"gatehouse/views/ui"
)

// uriLists are the settings that are lists of addresses.
var uriLists = []string{"redirect_uris", "post_logout_redirect_uris", "allowed_origins", "web_origins"}

// verdicts looks at every address of a client as the editor holds it, and says beside each line what is wrong, what is
// suspicious, and how to put it right.
func verdicts(c models.Client) map[string][]ui.URIRow {
	var f models.Check
	checkURIs(&f, &c)
	wrong := map[string]models.FieldFault{}
	if fault, ok := models.AsFault(f.Err()); ok {
		for _, field := range fault.Fields {
			wrong[field.Name] = field
		}
	}
	out := map[string][]ui.URIRow{}
	for name, uris := range map[string][]string{"redirect_uris": c.RedirectURIs, "post_logout_redirect_uris": c.PostLogoutRedirectURIs,
		"allowed_origins": c.AllowedOrigins, "web_origins": c.WebOrigins} {
		out[name] = rows(name, uris, wrong)
	}
	return out
}

func rows(name string, uris []string, wrong map[string]models.FieldFault) []ui.URIRow {
	near := map[int]Hint{}
	for _, h := range NearMisses(uris) {
		near[h.Index] = h
	}
	out := make([]ui.URIRow, len(uris))
	for i, uri := range uris {
		out[i] = ui.URIRow{Value: uri, Verdict: ui.URIGood}
		if f, bad := wrong[fmt.Sprintf("%s[%d]", name, i)]; bad {
			out[i].Verdict, out[i].Text = ui.URIBad, f.Text
			out[i].Fix, out[i].FixText = fix(uri, f.Reason)
		} else if h, ok := near[i]; ok {
			out[i].Verdict, out[i].Text = ui.URINear, h.Text
		}
	}
	return out
}

// fix gives what was probably meant, and the words of the button that puts it there; nothing when that is anybody's guess.
func fix(uri, reason string) (value, words string) {
	switch reason {
	case "insecure":
		return "https" + strings.TrimPrefix(uri, "http"), "Change to https"
	case "not_absolute":
		if !strings.Contains(uri, ":") && strings.Contains(uri, ".") {
			return "https://" + strings.TrimLeft(uri, "/"), "Put https:// in front"
		}
	case "fragment":
		before, _, _ := strings.Cut(uri, "#")
		return before, "Remove the fragment"
	case "whitespace":
		return strings.Join(strings.Fields(uri), ""), "Remove the spaces"
	case "scheme_case":
		scheme, rest, _ := strings.Cut(uri, ":")
		return strings.ToLower(scheme) + ":" + rest, "Write the scheme in lower case"
	case "not_an_origin":
		scheme, rest, _ := strings.Cut(uri, "://")
		host, _, _ := strings.Cut(rest, "/")
		return scheme + "://" + host, "Keep the origin only"
	}
	return "", ""
}
