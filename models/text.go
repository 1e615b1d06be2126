package models

import (
	"strings"
	"unicode/utf8"
)

// PlainText tells whether a database can keep a text. PostgreSQL takes neither a null character nor what is not UTF-8, and SQLite
// ends the text of a statement at a null character.
func PlainText(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

// Clean gives what a database can keep of a text, for texts that are noted and not judged: the name of a browser.
func Clean(s string) string {
	if PlainText(s) {
		return s
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\x00", "")
}
