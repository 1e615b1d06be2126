package applications

import (
	"strconv"
	"time"

	"gatehouse/views/ui"
)

// Impact is what stops when an application does.
type Impact struct {
	Applications, Clients, Secrets int
	Tokens                         int64 // issued since it was made
	LastUsed                       time.Time
	Lifetime                       time.Duration // the longest that an access token of it can live
	Now                            time.Time
}

// lines say it in numbers. id leads to the lists that explain them, when it is about one application.
func (i Impact) lines(id string) []ui.Impact {
	stop := ui.Plural(i.Clients, "client", "") + " and " + ui.Plural(i.Secrets, "secret", "") + " stop working"
	if i.LastUsed.IsZero() {
		stop += "; none was ever used"
	} else {
		stop += ", last used " + ui.Ago(i.LastUsed, i.Now)
	}
	clients := ui.Impact{Icon: "key-round", Text: stop}
	if id != "" {
		clients.Href, clients.Link = URL(id, TabClients), ui.Plural(i.Clients, "client", "")
		clients.Text = stop[len(clients.Link):]
	}
	out := []ui.Impact{clients}
	if i.Tokens > 0 {
		out = append(out, ui.Impact{Icon: "clock", Text: ui.Plural(int(i.Tokens), "token", "") + " issued so far; those still alive work until they expire, at most " + Duration(i.Lifetime)})
	}
	return out
}

// Duration says a whole duration in words: "1 hour", "90 minutes", "2 days".
func Duration(d time.Duration) string {
	switch {
	case d >= 48*time.Hour && d%(24*time.Hour) == 0:
		return strconv.Itoa(int(d/(24*time.Hour))) + " days"
	case d >= time.Hour && d%time.Hour == 0:
		return ui.Plural(int(d/time.Hour), "hour", "")
	case d >= time.Minute:
		return ui.Plural(int(d/time.Minute), "minute", "")
	}
	return ui.Plural(int(d/time.Second), "second", "")
}

// Danger is the tab of what cannot be taken back, and the page that confirms it.
type Danger struct {
	Head
	Impact Impact
	Error  string // the name was not right
}

// Bulk is the page that confirms deleting several.
type Bulk struct {
	IDs    []string
	Names  []string
	Impact Impact
	Error  string
}

// Phrase is what has to be typed to delete several.
func (b Bulk) Phrase() string { return "delete " + strconv.Itoa(len(b.IDs)) }

func (b Bulk) title() string { return "Delete " + ui.Plural(len(b.IDs), "application", "") + "?" }

// names are the names, as many as can be read at a glance.
func (b Bulk) names() string {
	text := ""
	for i, n := range b.Names {
		if i == 8 {
			return text + " and " + strconv.Itoa(len(b.Names)-i) + " more"
		}
		if i > 0 {
			text += ", "
		}
		text += n
	}
	return text
}

const noUndo = "This cannot be undone: there is no trash yet."
