package search

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"gatehouse/models"
	"gatehouse/views/applications"
	"gatehouse/views/ui"
)

// act is something that can be done from anywhere.
type act struct {
	label, icon, href, action string
}

// table is every act; those that the person may not do are left out.
var table = []act{
	{"Create application", "plus", "/console/applications/new", "application.create"},
	{"Edit the sign-in experience", "palette", "/console/experience", "experience.update"},
	{"Invite an administrator", "user-plus", "/console/administrators", "administrator.create"},
	{"Rotate a signing key", "refresh-cw", "/console/keys", "key.rotate"},
	{"Review failures in the audit log", "triangle-alert", "/console/audit?outcome=failure", "event.read"},
	{"Export the audit log", "download", "/console/audit", "event.read"},
	{"Review secrets that expire soon", "key-round", "/console/expiring", "client.read"},
	{"Change settings", "settings", "/console/settings", "settings.update"},
	{"Change your password or second factor", "lock", "/console/account", "account.update"},
}

// acts are what the actor may do and what has a word that begins with q, at most n.
func acts(actor models.Actor, q string, n int) []ui.Hit {
	var out []ui.Hit
	for _, a := range table {
		if len(out) < n && actor.May(a.action) && ui.WordBegins(a.label, q) {
			out = append(out, a.hit())
		}
	}
	return out
}

func (a act) hit() ui.Hit {
	return ui.Hit{Title: a.label, Href: a.href, Tile: ui.TileOpts{Icon: a.icon}}
}

// suggested are acts, and what the best application and the text itself suggest.
func suggested(actor models.Actor, q string, apps []application) []ui.Hit {
	var out []ui.Hit
	if len(apps) > 0 && actor.May("credential.update") {
		out = append(out, act{label: "Rotate a secret of " + apps[0].Name, icon: "refresh-cw", href: applications.URL(apps[0].ID, applications.TabSecrets)}.hit())
	}
	out = append(out, acts(actor, q, actsN-1-len(out))...)
	if nameable(q) && actor.May("application.create") {
		out = append(out, act{label: `Create application called "` + q + `"`, icon: "plus", href: "/console/applications/new?name=" + url.QueryEscape(q)}.hit())
	}
	return out
}

// nameable tells whether q could be meant as the name of something new.
func nameable(q string) bool {
	n := utf8.RuneCountInString(q)
	return n >= 3 && n <= 60 && !looksSecret(q) && !strings.HasPrefix(q, "req_")
}
