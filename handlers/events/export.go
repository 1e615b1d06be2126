package events

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"gatehouse/models"
)

// ExportIn is what a caller may say about an export.
type ExportIn struct {
	FilterIn
	Format string `query:"format" enum:"jsonl,csv" default:"jsonl" doc:"One JSON object a line, or comma-separated values with a head."`
}

// Export is events on their way out, oldest first. It holds one batch at a time, whatever the size of the log.
type Export struct {
	Name  string // of the file
	Media string
	Until time.Time // events after it are left to the next export

	ops    Ops
	filter filter
	csv    bool
}

// batch is how many events an export holds in memory.
const batch = 500

// Export begins an export and notes in the log that somebody made it.
// Faults: Invalid (a filter, format), NotFound (application).
func (o Ops) Export(ctx context.Context, in ExportIn) (Export, error) {
	f, err := check(ctx, in.FilterIn)
	if err != nil {
		return Export{}, err
	}
	var c models.Check
	c.OneOf("format", in.Format, "jsonl", "csv")
	if err := c.Err(); err != nil {
		return Export{}, err
	}
	now := o.Now()
	if f.Until == nil || f.Until.After(now) {
		f.Until = &now
	}
	e := Export{Name: "gatehouse-events-" + now.Format("20060102-150405"), Until: *f.Until, ops: o, filter: f, csv: in.Format == "csv"}
	e.Media, e.Name = "application/x-ndjson", e.Name+".jsonl"
	if e.csv {
		e.Media, e.Name = "text/csv; charset=utf-8", strings.TrimSuffix(e.Name, ".jsonl")+".csv"
	}
	return e, models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		return models.Record(ctx, tx, models.Event{Type: "event.exported", ObjectKind: "event", ObjectName: e.Name, ApplicationID: f.ApplicationID})
	})
}

// Write sends the events, a batch at a time; alive is called before each, so that the caller can give a slow but living reader more
// time. An error means that the reader has not got all.
func (e Export) Write(ctx context.Context, w *bufio.Writer, alive func()) error {
	line := e.jsonLine(w)
	if e.csv {
		line = e.csvLine(w)
	}
	from := models.Key{Back: true}
	for {
		alive()
		rows, err := e.ops.page(ctx, e.filter, from, batch)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if err := line(row); err != nil {
				return err
			}
		}
		if err := w.Flush(); err != nil {
			return fmt.Errorf("send events: %w", err)
		}
		if len(rows) < batch {
			return nil
		}
		from = place(rows[len(rows)-1])
		from.Back = true
	}
}

func (e Export) jsonLine(w *bufio.Writer) func(models.Event) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return func(row models.Event) error { return enc.Encode(row) }
}

var columns = []string{"id", "at", "type", "outcome", "reason", "actor_kind", "actor_id", "actor_name", "object_kind", "object_id",
	"object_name", "application_id", "face", "ip", "agent", "request_id", "sequence", "detail"}

func (e Export) csvLine(w *bufio.Writer) func(models.Event) error {
	enc := csv.NewWriter(w)
	_ = enc.Write(columns) // into memory; the flush of the batch tells
	enc.Flush()
	return func(row models.Event) error {
		if err := enc.Write(cells(row)); err != nil {
			return err
		}
		enc.Flush()
		return enc.Error()
	}
}

func cells(e models.Event) []string {
	seq := ""
	if e.Seq != nil {
		seq = strconv.FormatInt(*e.Seq, 10)
	}
	out := []string{e.ID, e.At.UTC().Format(time.RFC3339Nano), e.Type, e.Outcome, e.Reason, e.ActorKind, e.ActorID, e.ActorName, e.ObjectKind, e.ObjectID,
		e.ObjectName, e.ApplicationID, e.Face, e.IP, e.Agent, e.RequestID, seq, string(e.Detail)}
	for i, cell := range out {
		out[i] = harmless(cell)
	}
	return out
}

// harmless keeps a spreadsheet from taking a cell for a formula: names and user agents are whatever a caller made them.
func harmless(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r\n|%", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
