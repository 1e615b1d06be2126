package web

import (
	"bytes"
	"context"
	"encoding/json"
	"io"

	"gatehouse/models"
)

// Rows is a list without pages, as some dialects answer it. It is read batch by batch while it is written, so that its length
// costs time and no memory. What fails before the first byte left is an ordinary fault; later the connection breaks, so that
// nobody takes half a list for a whole one.
type Rows struct {
	next func(ctx context.Context, buf *bytes.Buffer) (more bool, err error)
}

// RowsOf makes a list of batches. next gives a batch, and whether another follows.
func RowsOf[T any](next func(ctx context.Context) (batch []T, more bool, err error)) Rows {
	first := true
	return Rows{func(ctx context.Context, buf *bytes.Buffer) (bool, error) {
		batch, more, err := next(ctx)
		if err != nil {
			return false, err
		}
		enc := json.NewEncoder(buf)
		enc.SetEscapeHTML(false)
		for i := range batch {
			if !first {
				buf.WriteByte(',')
			}
			first = false
			if err := enc.Encode(&batch[i]); err != nil {
				return false, err
			}
		}
		return more, nil
	}}
}

// Stream answers with a JSON list between before and after: "[" and "]", or an envelope around them.
func (r *Request) Stream(status int, before, after string, rows Rows) error {
	s := &stream{rows: rows, after: after, more: true}
	s.buf.WriteString(before)
	if err := s.fill(r.ctx); err != nil {
		return err
	}
	const media = "application/json; charset=utf-8"
	if !s.more {
		return r.body(status, media, s.buf.Bytes())
	}
	s.ctx = models.WithRequest(models.WithActor(context.Background(), r.Actor()), models.RequestFrom(r.ctx))
	r.head(status, media)
	r.c.Response().SetBodyStream(s, -1)
	return nil
}

// stream is what the connection reads the list from, after the handler has returned.
type stream struct {
	ctx   context.Context
	rows  Rows
	buf   bytes.Buffer
	after string
	more  bool
}

func (s *stream) fill(ctx context.Context) (err error) {
	if s.more, err = s.rows.next(ctx, &s.buf); err == nil && !s.more {
		s.buf.WriteString(s.after)
	}
	return err
}

// Read gives the next bytes, reading another batch when none are left.
func (s *stream) Read(p []byte) (int, error) {
	for s.buf.Len() == 0 {
		if !s.more {
			return 0, io.EOF
		}
		ctx, cancel := context.WithTimeout(s.ctx, Deadline)
		err := s.fill(ctx)
		cancel()
		if err != nil {
			return 0, err
		}
	}
	return s.buf.Read(p)
}
