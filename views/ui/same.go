package ui

import (
	"bytes"
	"context"
	"io"
	"sync"

	"github.com/a-h/templ"
)

// sameFor holds what was drawn, by name and role.
var sameFor sync.Map

type roleKey struct{ name, role string }

// sameForRole draws a part of the shell that depends on nothing but what the person's role allows: it is drawn once for each
// role. There are three roles, so it stays small; whoever is nobody's role, in tests, gets it drawn anew.
func sameForRole(name string, c templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		key := roleKey{name, ChromeFrom(ctx).Role}
		if drawn, ok := sameFor.Load(key); ok {
			_, err := w.Write(drawn.([]byte))
			return err
		}
		var b bytes.Buffer
		if err := c.Render(ctx, &b); err != nil {
			return err
		}
		switch key.role {
		case "owner", "editor", "viewer":
			sameFor.Store(key, b.Bytes())
		}
		_, err := w.Write(b.Bytes())
		return err
	})
}
