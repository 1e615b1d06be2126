package experience

import (
	"context"

	"gatehouse/models"
	"gatehouse/views/hosted"
	"gatehouse/web"
)

// Routes are the native routes, the hosted pages and the console pages.
func (o Ops) Routes() []web.Route {
	routes := append(o.native("/rest/v1/experience"), o.native("/rest/v1/applications/:id/experience")...)
	routes = append(routes, o.pages()...)
	return append(routes, o.console()...)
}

// native is REST for one layer: the tenant's, or below an application that one's.
func (o Ops) native(at string) []web.Route {
	const read, update = "experience.read", "experience.update"
	return []web.Route{
		{"GET", at, read, web.Do(web.Native, 200, o.Get).With(doc("What is published and in effect"))},
		{"PATCH", at, update, web.Do(web.Native, 200, o.Patch).With(doc("Change settings and publish at once; null takes an override away"))},
		{"GET", at + "/draft", read, web.Do(web.Native, 200, o.Draft).With(doc("The draft, or what one would begin from"))},
		{"PATCH", at + "/draft", update, web.Do(web.Native, 200, o.PatchDraft).With(doc("Change the draft, beginning one where there is none"))},
		{"DELETE", at + "/draft", update, web.Do0(web.Native, 204, o.discard).With(doc("Throw the draft away"))},
		{"GET", at + "/diff", read, web.Do(web.Native, 200, o.Diff).With(doc("What publishing the draft would change"))},
		{"POST", at + "/publish", update, web.Do(web.Native, 200, o.Publish).With(doc("Publish the draft, merged with what was published since it began"))},
		{"GET", at + "/versions", read, web.Do(web.Native, 200, o.Versions).With(doc("History, newest first"))},
		{"GET", at + "/versions/:number", read, web.Do(web.Native, 200, o.Version).With(doc("One version and what it changed"))},
		{"POST", at + "/versions/:number/restore", update, web.Do(web.Native, 200, o.Restore).With(doc("Publish an old version again, as a new one"))},
		{"GET", at + "/preview", read, web.Raw(web.Native, o.previewNative).With(previewDoc)},
		{"GET", at + "/phrases/:language", read, web.Do(web.Native, 200, o.GetPhrases).With(doc("Every phrase of a language, with its built-in text"))},
		{"PUT", at + "/phrases/:language", update, web.Do(web.Native, 200, o.PutPhrases).With(doc("Replace the own phrases of a language, at once"))},
		{"DELETE", at + "/phrases/:language", update, web.Do0(web.Native, 204, o.deletePhrases).With(doc("Go back to the built-in phrases of a language, at once"))},
	}
}

func doc(summary string) web.Doc { return web.Doc{Summary: summary, Tag: "experience"} }

var previewDoc = web.Doc{Summary: "A hosted page as the draft would draw it: ?step=, ?lang=, ?theme=", Tag: "experience", Media: "text/html"}

func (o Ops) discard(ctx context.Context, in ScopeIn) error { _, err := o.Discard(ctx, in); return err }

func (o Ops) deletePhrases(ctx context.Context, in PhrasesIn) error {
	_, err := o.DeletePhrases(ctx, in)
	return err
}

// pages are those that people see, and their stylesheets.
func (o Ops) pages() []web.Route {
	explain := func(path string, step hosted.Step) web.Route {
		return web.Route{Method: "GET", Path: path, Action: web.Public, Endpoint: web.Raw(web.Console, o.explain(step))}
	}
	return []web.Route{
		explain("/sign-in", hosted.ExplainSignIn),
		explain("/register", hosted.ExplainSignUp),
		explain("/forgot-password", hosted.ExplainForgot),
		explain("/consent", hosted.ExplainConsent),
		explain("/device", hosted.ExplainDevice),
		explain("/sign-out", hosted.ExplainSignOut),
		{"GET", "/brand/:hash/brand.css", web.Public, web.Raw(web.Console, o.brandCSS)},
		{"GET", "/brand/:hash/custom.css", web.Public, web.Raw(web.Console, o.customCSS)},
	}
}

// explain answers somebody who opened a hosted page without a sign-in in progress.
func (o Ops) explain(step hosted.Step) func(context.Context, *web.Request) error {
	return func(ctx context.Context, r *web.Request) error {
		live, err := o.Live(ctx, ScopeIn{})
		if err != nil {
			return err
		}
		if to := live.Experience.Methods.UnknownSessionTo; to != "" && step != hosted.ExplainSignOut && step != hosted.ExplainDevice {
			return r.Next(to)
		}
		tenant, err := o.Tenant(ctx)
		if err != nil {
			return err
		}
		c := r.Fiber()
		asked := c.Query("lang")
		if asked == "" {
			asked = c.Query("ui_locales")
		}
		p := hosted.Page{Look: live.Look, Name: live.Title(tenant.Name), Words: live.WordsFor(asked, c.Get("Accept-Language")), Step: step}
		hostedHeaders(r, live.Look)
		return r.Render(200, hosted.View(p))
	}
}

// hostedHeaders opens the one policy as far as the page's pictures need, and sends no address of it on.
func hostedHeaders(r *web.Request, look *hosted.Look, more ...string) {
	images := "img-src 'self' data:"
	for _, origin := range look.ImageOrigins() {
		images += " " + origin
	}
	r.Policy(append([]string{images, "script-src 'none'", "connect-src 'none'", "frame-src 'none'"}, more...)...)
	r.NoReferrer()
}

func (o Ops) brandCSS(_ context.Context, r *web.Request) error {
	sheet, ok := hosted.BrandSheet(r.Fiber().Params("hash"))
	if !ok {
		return models.Missing("stylesheet")
	}
	return stylesheet(r, sheet)
}

func (o Ops) customCSS(ctx context.Context, r *web.Request) error {
	text, err := o.Stylesheet(ctx, r.Fiber().Params("hash"))
	if err != nil {
		return err
	}
	return stylesheet(r, []byte(text))
}

// stylesheet answers with what its address names for ever.
func stylesheet(r *web.Request, body []byte) error {
	r.Fiber().Set("Cache-Control", "public, max-age=31536000, immutable")
	r.Fiber().Set("Cross-Origin-Resource-Policy", "same-origin")
	return r.Bytes(200, "text/css; charset=utf-8", body)
}

// previewNative is the preview for programs.
func (o Ops) previewNative(ctx context.Context, r *web.Request) error {
	return o.preview(ctx, r, ScopeIn{ApplicationID: r.Fiber().Params("id")})
}

// previewPage is the preview for the frames of the editor.
func (o Ops) previewPage(ctx context.Context, r *web.Request) error {
	return o.preview(ctx, r, ScopeIn{ApplicationID: r.Fiber().Params("id")})
}

// preview draws a hosted page from the draft, by the renderer of the published pages. It is the only page that may be framed, by the
// editor alone, and it is sandboxed: no script, no form, no way out. It keeps its origin, or its font would not load.
func (o Ops) preview(ctx context.Context, r *web.Request, in ScopeIn) error {
	c := r.Fiber()
	page, err := o.Preview(ctx, PreviewIn{ScopeIn: in, Step: c.Query("step"), Language: c.Query("lang"), Theme: c.Query("theme")})
	if err != nil {
		return err
	}
	hostedHeaders(r, page.Look, "frame-ancestors 'self'", "form-action 'none'", "sandbox allow-same-origin")
	return r.Render(200, hosted.View(page))
}
