package account

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/a-h/templ"
	"github.com/boombuler/barcode/qr"
)

// RoleName is a role in words.
func RoleName(role string) string {
	return map[string]string{"owner": "Owner", "editor": "Editor", "viewer": "Viewer"}[role]
}

// Browser says in two words what a user agent is, as far as that helps to know a session again.
func Browser(agent string) string {
	browser := pick(agent, "a program", "Edg/", "Edge", "OPR/", "Opera", "Firefox/", "Firefox", "Chrome/", "Chrome", "Safari/", "Safari", "curl/", "curl")
	system := pick(agent, "", "iPhone", "iPhone", "iPad", "iPad", "Android", "Android", "Mac OS X", "macOS", "Windows", "Windows", "Linux", "Linux")
	if system == "" {
		return browser
	}
	return browser + " on " + system
}

// pick gives the word that follows the first mark that text has.
func pick(text, none string, marksAndWords ...string) string {
	for i := 0; i < len(marksAndWords); i += 2 {
		if strings.Contains(text, marksAndWords[i]) {
			return marksAndWords[i+1]
		}
	}
	return none
}

// grouped parts a key into fours, as apps show it.
func grouped(key string) string {
	var b strings.Builder
	for i, r := range key {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

func lines(codes []string) string { return strings.Join(codes, "\n") + "\n" }

// QR draws text as a picture for a camera, always dark on light. A text too long for one draws nothing.
func QR(text, label string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		code, err := qr.Encode(text, qr.M, qr.Unicode)
		if err != nil {
			return nil
		}
		size := code.Bounds().Dx()
		var path strings.Builder
		for y := range size {
			for x := range size {
				if r, _, _, _ := code.At(x, y).RGBA(); r == 0 {
					fmt.Fprintf(&path, "M%d %dh1v1h-1z", x+4, y+4) // four modules of quiet zone (ISO/IEC 18004)
				}
			}
		}
		_, err = fmt.Fprintf(w, `<svg class="qr" role="img" aria-label="%s" width="200" height="200" viewBox="0 0 %d %d" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h%[2]dv%[2]dH0z"/><path fill="#000" d="%[4]s"/></svg>`,
			templ.EscapeString(label), size+8, size+8, path.String())
		return err
	})
}
