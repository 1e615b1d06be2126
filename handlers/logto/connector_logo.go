package logto

import (
	"encoding/base64"
	"html"
	"strings"
	"unicode"
)

// monogram is a picture of a name: its first letter in a square. Pictures of others' marks are not ours to hand out.
func monogram(name string) string {
	letter := "?"
	for _, r := range name {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			letter = strings.ToUpper(string(r))
			break
		}
	}
	svg := `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><rect width="24" height="24" rx="5" fill="#525b6b"/>` +
		`<text x="12" y="17" font-family="sans-serif" font-size="14" text-anchor="middle" fill="#fff">` + html.EscapeString(letter) + `</text></svg>`
	return "data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString([]byte(svg))
}
