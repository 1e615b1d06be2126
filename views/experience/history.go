package experience

import (
	"strconv"
	"time"

	"gatehouse/views/applications"
	"gatehouse/views/ui"
)

// History is the list of published versions.
type History struct {
	Base         string
	App          *applications.FrameOpts
	Versions     []Version
	Newer, Older string
	Now          time.Time
}

// Version is one published state.
type Version struct {
	Number, Restored int64
	By, Face         string
	At               time.Time
	Count            int // of changed settings
	Live             bool
}

// One is a version with what it changed.
type One struct {
	Base    string
	App     *applications.FrameOpts
	Version Version
	Changes []Change
	Now     time.Time
}

// Merge is the choice between what a draft says and what was published meanwhile.
type Merge struct {
	Base      string
	App       *applications.FrameOpts
	Version   int64 // of the draft's row
	Live      int64
	Conflicts []Conflict
	Chosen    map[string]string
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

func crumbs(base, last string) []ui.Crumb {
	return []ui.Crumb{{Label: "Sign-in experience", Href: base}, {Label: last}}
}

// where is the part of the program that published.
func (v Version) where() string {
	switch v.Face {
	case "console":
		return "Console"
	case "native":
		return "REST"
	case "transmit":
		return "Transmit API"
	case "auth0":
		return "Auth0 API"
	case "logto":
		return "Logto API"
	}
	return "Server"
}

func (v Version) words() string {
	text := ui.Plural(v.Count, "change", "")
	if v.Restored > 0 {
		text += ", brings back version " + number(v.Restored)
	}
	return text
}

// published says when and by whom it was.
func (v Version) published(now time.Time) string {
	text := "Published " + ui.Ago(v.At, now)
	if v.By != "" {
		text += " by " + v.By
	}
	return text + "."
}
