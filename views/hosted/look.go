package hosted

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/text/language"

	"gatehouse/models"
)

// Look is an experience made ready for drawing: everything that does not depend on who looks. It is made once for each
// published version and shared by all requests; for a draft it is made anew.
type Look struct {
	Experience  models.Experience
	Connections []Connection // on offer, in order
	BrandHref   string
	CSSHref     string // empty: no custom stylesheet

	words   map[string]*Words
	tags    []string
	matcher language.Matcher
}

// Connection is an outside account on offer.
type Connection struct{ ID, Strategy, Name string }

// NewLook prepares an experience.
func NewLook(e models.Experience, connections []Connection) *Look {
	l := &Look{Experience: e, Connections: connections, words: map[string]*Words{}}
	l.BrandHref = "/brand/" + BrandCode(e.Branding) + "/brand.css"
	if hash := CSSHash(e.CustomCSS); hash != "" {
		l.CSSHref = "/brand/" + hash + "/custom.css"
	}
	l.tags = languagesOf(e.Languages)
	parsed := make([]language.Tag, len(l.tags))
	for i, tag := range l.tags {
		l.words[tag], parsed[i] = NewWords(tag, e.Phrases[tag]), language.Make(tag)
	}
	l.matcher = language.NewMatcher(parsed)
	return l
}

// Title is what people sign in to: the name that branding gives, else the tenant's.
func (l *Look) Title(tenant string) string {
	if name := l.Experience.Branding.DisplayName; name != "" {
		return name
	}
	return tenant
}

// languagesOf is the languages on offer with the default first: the matcher falls back to the first.
func languagesOf(l models.Languages) []string {
	tags := []string{l.Default}
	for _, t := range l.Enabled {
		if !slices.Contains(tags, t) {
			tags = append(tags, t)
		}
	}
	return tags
}

// CSSHash names a custom stylesheet by its content; no stylesheet has no name.
func CSSHash(css string) string {
	if css == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(css))
	return hex.EncodeToString(sum[:16])
}

// WordsFor picks the language: the one asked for, else the browser's when that is to be followed, else the default.
func (l *Look) WordsFor(asked, acceptLanguage string) *Words {
	for _, tag := range strings.Fields(asked) { // ui_locales of OpenID Connect is a list
		if t, err := language.Parse(tag); err == nil {
			if _, i, sure := l.matcher.Match(t); sure >= language.High {
				return l.words[l.tags[i]]
			}
		}
	}
	if l.Experience.Languages.AutoDetect {
		if tags, _, err := language.ParseAcceptLanguage(acceptLanguage); err == nil && len(tags) > 0 {
			_, i, _ := l.matcher.Match(tags...)
			return l.words[l.tags[i]]
		}
	}
	return l.words[l.tags[0]]
}

// Languages are the words of every language on offer, the default first.
func (l *Look) Languages() []*Words {
	all := make([]*Words, len(l.tags))
	for i, t := range l.tags {
		all[i] = l.words[t]
	}
	return all
}

// ImageOrigins are the origins that pages load pictures from, for img-src.
func (l *Look) ImageOrigins() []string {
	b := l.Experience.Branding
	var out []string
	for _, address := range []string{b.LogoURL, b.DarkLogoURL, b.FaviconURL, b.DarkFaviconURL} {
		u, err := url.Parse(address)
		if err != nil || u.Scheme != "https" || !models.HostOf(u) { // a "*" would open the policy
			continue
		}
		if origin := "https://" + u.Host; !slices.Contains(out, origin) {
			out = append(out, origin)
		}
	}
	return out
}
