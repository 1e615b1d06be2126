package web

import (
	"net/url"
	"strings"

	"gatehouse/models"
)

const notText = "A text is UTF-8 and holds no null character."

// readable refuses an address that holds what no database can look for. It is asked for every route, so that none which reads its
// address by itself can forget to: a path of this kind names nothing, a query of this kind is wrong.
func (r *Request) readable() error {
	uri := r.c.Request().RequestURI()
	if plainASCII(uri) {
		return nil
	}
	path, err := url.PathUnescape(r.c.Path())
	if err != nil {
		path = r.c.Path()
	}
	if !models.PlainText(path) {
		return models.Missing("object")
	}
	var c models.Check
	r.c.Context().QueryArgs().VisitAll(func(name, value []byte) {
		if !models.PlainText(string(name)) || !models.PlainText(string(value)) {
			c.Add(strings.ToValidUTF8(string(name), "\uFFFD"), "not_text", notText)
		}
	})
	return c.Err()
}

// plainASCII tells whether an address has nothing that is or could become another byte than it shows.
func plainASCII(uri []byte) bool {
	for _, b := range uri {
		if b == '%' || b >= 0x80 || b == 0 {
			return false
		}
	}
	return true
}
