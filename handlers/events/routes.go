package events

import (
	"bufio"
	"context"
	"time"

	"gatehouse/models"
	views "gatehouse/views/events"
	"gatehouse/web"
)

// Routes gives the audit log its native face.
func (o Ops) Routes() []web.Route {
	about := func(summary string) web.Doc { return web.Doc{Summary: summary, Tag: "Events"} }
	file := about("Export events, oldest first")
	file.Media = "application/x-ndjson"
	return []web.Route{
		{"GET", "/rest/v1/events", "event.read", web.Do(web.Native, 200, o.List).With(about("List events, newest first"))},
		{"GET", "/rest/v1/events/export", "event.read", web.Raw(web.Native, o.export(web.Native)).With(file)},
		{"GET", "/rest/v1/events/:id", "event.read", web.Do(web.Native, 200, o.Get).With(about("Get an event"))},
	}
}

// Pages gives it its pages. head makes the frame of an application's pages; without one there is no activity tab.
func (o Ops) Pages(head HeadOf) []web.Route {
	pages := []web.Route{
		{"GET", "/console/audit", "event.read", web.Page(o.Log, views.Page)},
		{"GET", "/console/audit/export", "event.read", web.Raw(web.Console, o.export(web.Console))},
		{"GET", "/console/audit/:id", "event.read", web.Page(o.Show, views.Show)},
	}
	if head != nil {
		pages = append(pages, web.Route{"GET", "/console/applications/:id/activity", "event.read", web.Page(o.Activity(head), views.Page)})
	}
	return pages
}

// How long an export may take in all, and how long its reader may take for one batch.
const (
	exportLimit = time.Hour
	readerLimit = time.Minute
)

// export streams a file. The request is over for the server before the last batch is sent, so the work has a deadline of
// its own; when it fails halfway the connection is cut, because a file that merely ends early looks complete.
func (o Ops) export(face web.Face) func(context.Context, *web.Request) error {
	return func(ctx context.Context, r *web.Request) error {
		var in ExportIn
		if err := face.Read(r, &in); err != nil {
			return err
		}
		e, err := o.Export(ctx, in)
		if err != nil {
			return err
		}
		c := r.Fiber()
		c.Set("Content-Type", e.Media)
		c.Set("Content-Disposition", `attachment; filename="`+e.Name+`"`)
		c.Set("Cache-Control", "no-store")
		conn := c.Context().Conn()
		long, cancel := context.WithTimeout(context.WithoutCancel(ctx), exportLimit)
		c.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
			defer cancel()
			alive := func() { _ = conn.SetWriteDeadline(models.Now().Add(readerLimit)) }
			if e.Write(long, w, alive) != nil {
				_ = conn.Close()
			}
		})
		return nil
	}
}
