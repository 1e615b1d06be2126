package handlers

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

// form gives the fields of the form that posts to an address, as a browser would send them back untouched.
func (s *site) form(page []byte, action string) url.Values {
	s.t.Helper()
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		s.t.Fatal(err)
	}
	var out url.Values
	for n := range root.Descendants() {
		if n.Data == "form" && attribute(n, "action") == action && strings.EqualFold(attribute(n, "method"), "post") && len(out) < 2 {
			out = fieldsOf(n)
		}
	}
	if out == nil {
		out = formOfButton(root, action)
	}
	if out == nil {
		s.t.Fatalf("no form posts to %s", action)
	}
	return out
}

// formOfButton is the form that a button elsewhere sends to an address of its own.
func formOfButton(root *html.Node, action string) url.Values {
	var id string
	for n := range root.Descendants() {
		if attribute(n, "formaction") == action {
			id = attribute(n, "form")
		}
	}
	for n := range root.Descendants() {
		if n.Data == "form" && id != "" && attribute(n, "id") == id {
			return fieldsOf(n)
		}
	}
	return nil
}

func fieldsOf(form *html.Node) url.Values {
	out := url.Values{}
	for n := range form.Descendants() {
		name := attribute(n, "name")
		switch {
		case name == "" || n.Type != html.ElementNode || inTemplate(n):
		case n.Data == "textarea":
			out.Add(name, textOf(n))
		case n.Data == "select":
			out.Add(name, chosenOf(n))
		case n.Data == "input":
			kind := attribute(n, "type")
			if kind == "submit" || (kind == "checkbox" || kind == "radio") && !has(n, "checked") {
				continue
			}
			out.Add(name, attribute(n, "value"))
		}
	}
	return out
}

func inTemplate(n *html.Node) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if p.Data == "template" {
			return true
		}
	}
	return false
}

func chosenOf(list *html.Node) string {
	first, value := true, ""
	for n := range list.Descendants() {
		if n.Data == "option" && (first || has(n, "selected")) {
			first, value = false, attribute(n, "value")
		}
	}
	return value
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

// change opens a page, changes fields of the form that posts to an address, and sends it.
func (s *site) change(page, action string, fields url.Values) (*http.Response, []byte) {
	s.t.Helper()
	res, body := s.get(page)
	if res.StatusCode != 200 {
		s.t.Fatalf("%s: %d", page, res.StatusCode)
	}
	all := s.form(body, action)
	for name, values := range fields {
		all[name] = values
	}
	return s.submit(action, all)
}

func (s *site) submit(action string, fields url.Values) (*http.Response, []byte) {
	s.t.Helper()
	req := httptest.NewRequest("POST", action, strings.NewReader(fields.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	return s.send(req)
}
