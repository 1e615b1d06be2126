package experience

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"gatehouse/models"
	views "gatehouse/views/experience"
)

// form is what a page of the editor sent: fields named by the path of their setting.
type form map[string][]string

// last is the value that counts: an unticked box leaves the empty one before it.
func (f form) last(name string) string {
	values := f[name]
	if len(values) == 0 {
		return ""
	}
	return strings.ReplaceAll(values[len(values)-1], "\r\n", "\n")
}

// items is a list: several values of one name, or the lines of one text. Empty ones drop.
func (f form) items(name string) []string {
	out := []string{}
	for _, v := range f[name] {
		for line := range strings.Lines(v) {
			if line = strings.TrimSpace(line); line != "" && !slices.Contains(out, line) {
				out = append(out, line)
			}
		}
	}
	return out
}

// typed is what a refused form shows again.
func (f form) typed() map[string]string {
	out := map[string]string{}
	for name := range f {
		out[name] = f.last(name)
		if len(f[name]) > 2 { // a list of boxes
			out[name] = strings.Join(f.items(name), "\n")
		}
	}
	return out
}

// change reads the fields of a section. For the tenant's layer a field that holds what shows without it sets nothing; for an
// application an empty field takes the override away.
func (f form) change(section string, overlay bool, d DraftView) (change, error) {
	ch := change{set: models.Overlay{}}
	below := models.OverlayOf(d.Below)
	var c models.Check
	for name := range f {
		if !f.edits(section, overlay, name) {
			continue
		}
		if overlay && f.last(name) == "" {
			ch.cleared = append(ch.cleared, name)
			continue
		}
		value, err := f.value(name)
		if err != nil {
			c.Add(name, "wrong_type", err.Error())
			continue
		}
		f.put(&ch, name, value, overlay, below, d)
	}
	return ch, c.Err()
}

// edits tells whether a field is a setting of this page.
func (f form) edits(section string, overlay bool, name string) bool {
	if overlay {
		return strings.HasPrefix(name, "branding.") || strings.HasPrefix(name, "content.")
	}
	return views.Edits(section, name) && name != "languages.more"
}

// put decides whether a value is an override.
func (f form) put(ch *change, name string, value json.RawMessage, overlay bool, below models.Overlay, d DraftView) {
	_, own := d.Overlay[name]
	_, _, phrase := models.SplitPhrase(name)
	builtIn := below[name]
	same := bytes.Equal(value, builtIn)
	if phrase && f.last(name) == "" {
		same = true
	}
	switch {
	case !overlay && same && own:
		ch.cleared = append(ch.cleared, name)
	case !overlay && same:
	default:
		ch.set[name] = value
	}
}

// kinds are the settings that are no text.
var (
	listPaths   = []string{"methods.connections", "methods.forgot_password", "methods.email_allowlist", "methods.email_blocklist", "sign_up.identifiers", "sign_up.profile_fields", "password.reject_words", "mfa.factors", "languages.enabled"}
	numberPaths = []string{"codes.expires_seconds", "codes.attempts", "password.min_length", "password.max_length", "password.min_classes", "password.history", "password.expires_after_days", "password.reset_minutes", "lockout.failures_expire_minutes"}
	colorPaths  = []string{"branding.primary_color", "branding.dark_primary_color", "branding.background_color", "branding.dark_background_color"}
)

type formError string

func (e formError) Error() string { return string(e) }

// value reads one field as the JSON of its setting.
func (f form) value(name string) (json.RawMessage, error) {
	var v any
	switch {
	case name == "methods.identifiers":
		v = f.identifiers()
	case name == "lockout.tiers":
		tiers, err := f.tiers()
		if err != nil {
			return nil, err
		}
		v = tiers
	case name == "languages.enabled":
		v = append(f.items(name), f.items("languages.more")...)
	case slices.Contains(listPaths, name):
		v = f.items(name)
	case slices.Contains(numberPaths, name):
		n, err := strconv.Atoi(strings.TrimSpace(f.last(name)))
		if err != nil {
			return nil, formError("Use a whole number.")
		}
		v = n
	case isSwitch(name):
		v = f.last(name) == "true"
	case slices.Contains(colorPaths, name):
		v = strings.ToLower(strings.TrimSpace(f.last(name)))
	case name == "custom_css":
		v = f.last(name)
	default:
		v = strings.TrimSpace(f.last(name))
	}
	o := models.Overlay{}
	err := o.SetPath(name, v)
	return o[name], err
}

// isSwitch tells whether the setting of a path is on or off.
func isSwitch(path string) bool {
	raw := models.OverlayOf(models.DefaultExperience())[path]
	return string(raw) == "true" || string(raw) == "false"
}

// identifiers reads the table of identifiers: those with a proof, in the order of their places.
func (f form) identifiers() []models.IdentifierMethod {
	out := []models.IdentifierMethod{}
	place := func(name string) string { return f.last("id." + name + ".place") }
	names := []string{models.IdentifierEmail, models.IdentifierPhone, models.IdentifierUsername}
	slices.SortStableFunc(names, func(a, b string) int { return strings.Compare(place(a), place(b)) })
	for _, name := range names {
		on := func(what string) bool { return f.last("id."+name+"."+what) == "true" }
		id := models.IdentifierMethod{Identifier: name, Password: on("password"), Code: on("code"), Link: on("link")}
		id.PasswordFirst = id.Password && (on("first") || !id.Code && !id.Link)
		if id.Password || id.Code || id.Link {
			out = append(out, id)
		}
	}
	return out
}

// tiers reads the rows of the lockout; a row without failures drops.
func (f form) tiers() ([]models.LockoutTier, error) {
	out := []models.LockoutTier{}
	for i := range 21 {
		at := "tier." + strconv.Itoa(i)
		if f.last(at+".attempts") == "" {
			continue
		}
		attempts, err := strconv.Atoi(f.last(at + ".attempts"))
		if err != nil {
			return nil, formError("Use whole numbers.")
		}
		tier := models.LockoutTier{Attempts: attempts}
		if m := f.last(at + ".minutes"); m != "" {
			minutes, err := strconv.Atoi(m)
			if err != nil {
				return nil, formError("Use whole numbers.")
			}
			tier.Minutes = &minutes
		}
		out = append(out, tier)
	}
	return out, nil
}
