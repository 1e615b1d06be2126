package logto

import (
	"context"
	"strconv"

	"github.com/valyala/fasthttp"

	"gatehouse/web"
)

// Sizes of pages.
const (
	defaultPageSize = 20
	maxPageSize     = 100
)

// pageIn is what a caller says about paging. Embed it in the input of a list.
type pageIn struct {
	Page     opt[string] `query:"page" json:"-"`
	PageSize opt[string] `query:"page_size" json:"-"`
}

// window is the part of a list that is asked for.
type window struct{ number, size int64 }

// offset is how many rows stand before the window.
func (w window) offset() int64 { return (w.number - 1) * w.size }

// paged tells whether a list with optional paging is asked for in pages.
func (p pageIn) paged() bool { return p.Page.Set || p.PageSize.Set }

// window reads the numbers.
// Faults: guard.invalid_pagination.
func (p pageIn) window() (window, error) {
	w := window{1, defaultPageSize}
	const most = 1 << 40 // far beyond any list, and no product of it overflows
	if !within(p.Page, &w.number, most) || !within(p.PageSize, &w.size, maxPageSize) {
		return w, refuse("guard.invalid_pagination", "page counts from 1, and page_size is 1 to 100.")
	}
	return w, nil
}

func within(text opt[string], n *int64, most int64) bool {
	if !text.Set {
		return true
	}
	v, err := strconv.ParseInt(text.V, 10, 64)
	*n = v
	return err == nil && v >= 1 && v <= most
}

// page is a list on its way out: a part of it with headers that tell of the rest, or all of it, written while it is read.
type page[T any] struct {
	items []T
	total int64
	in    window
	all   *web.Rows
	// capped tells that total is where counting stopped.
	capped bool
}

// pageOf is a list in pages: total counts all rows, items are those of the window.
func pageOf[T any](w window, items []T, total int64) page[T] {
	return page[T]{items: items, total: total, in: w}
}

// allOf is a whole list without headers, read in batches.
func allOf[T any](next func(ctx context.Context) (batch []T, more bool, err error)) page[T] {
	rows := web.RowsOf(next)
	return page[T]{all: &rows}
}

// bare is a whole list, without headers, that is in memory.
func bare[T any](items []T) page[T] { return page[T]{items: items} }

// cut pages a list that is in memory: a part when the caller asks for pages or must, else all of it.
func cut[T any](in pageIn, forced bool, items []T) (page[T], error) {
	if !forced && !in.paged() {
		return bare(items), nil
	}
	w, err := in.window()
	if err != nil {
		return page[T]{}, err
	}
	n := int64(len(items))
	from := min(w.offset(), n)
	return pageOf(w, items[from:min(from+w.size, n)], n), nil
}

func (p page[T]) answer(r *web.Request, status int) error {
	if p.all != nil {
		return r.Stream(status, "[", "]", *p.all)
	}
	if p.in.number > 0 {
		r.Fiber().Set("Total-Number", strconv.FormatInt(p.total, 10))
		if p.capped {
			r.Fiber().Set("Total-Number-Is-Capped", "true")
		}
		p.links(r)
	}
	return r.JSON(status, list(p.items))
}

// links writes a header line for each relation: the request's own address with another page.
func (p page[T]) links(r *web.Request) {
	last := max(1, (p.total+p.in.size-1)/p.in.size)
	var query fasthttp.Args
	r.Fiber().Context().QueryArgs().CopyTo(&query)
	add := func(relation string, number int64) {
		query.Set("page", strconv.FormatInt(number, 10))
		r.Fiber().Response().Header.Add("Link", "<"+r.Origin()+r.Fiber().Path()+"?"+query.String()+`>; rel="`+relation+`"`)
	}
	add("first", 1)
	if p.in.number > 1 {
		add("prev", p.in.number-1)
	}
	if p.capped {
		return
	}
	if p.in.number < last {
		add("next", p.in.number+1)
	}
	add("last", last)
}
