package models

import (
	"context"
	"fmt"
	"time"
)

// Kinds of problems that Verify finds in the audit log.
const (
	AuditRemoved    = "removed"    // entries are missing
	AuditAltered    = "altered"    // an entry is not what was sealed, or not where it was
	AuditDetail     = "detail"     // an entry's detail is not the one that was sealed
	AuditEnd        = "end"        // the chain does not end where it did
	AuditCheckpoint = "checkpoint" // a checkpoint does not fit the chain
)

// AuditProblem is one place where the audit log is not what was sealed.
type AuditProblem struct {
	Kind string
	Seq  int64
	ID   string // of the event, when there is one
	Text string
}

// AuditReport is the result of Verify.
type AuditReport struct {
	Sealed       int64 // entries that were checked
	Erased       int64 // of them, those whose detail was erased
	Checkpoints  int
	Unsealed     int        // entries that wait for the sealer
	OldestWaits  *time.Time // since when
	Problems     []AuditProblem
	MoreProblems int // beyond those that are listed
}

// Sound tells whether nothing is wrong.
func (r AuditReport) Sound() bool { return len(r.Problems) == 0 }

const maxProblems = 100

func (r *AuditReport) add(kind string, seq int64, id, text string) {
	if len(r.Problems) >= maxProblems {
		r.MoreProblems++
		return
	}
	r.Problems = append(r.Problems, AuditProblem{kind, seq, id, text})
}

// Verify walks the whole audit log and finds entries that were removed, altered or reordered, a cut end, and checkpoints that
// do not fit. Entries that the sealer has not reached yet are counted: nothing vouches for them.
func Verify(ctx context.Context, db DB, v *Vault) (AuditReport, error) {
	w := &walk{vault: v, checkpoints: map[int64]Checkpoint{}}
	var checkpoints []Checkpoint
	if err := db.Read.NewSelect().Model(&checkpoints).Order("seq").Scan(ctx); err != nil {
		return w.report, fmt.Errorf("read checkpoints: %w", err)
	}
	for _, c := range checkpoints {
		w.checkpoints[c.Seq] = c
	}
	w.report.Checkpoints = len(checkpoints)
	end, err := w.all(ctx, db)
	if err != nil {
		return w.report, err
	}
	w.finish(end)
	if err := w.forms(ctx, db); err != nil {
		return w.report, err
	}
	return w.report, w.tail(ctx, db)
}

// walk is how far a verification has come.
type walk struct {
	vault       *Vault
	report      AuditReport
	last        *Event // that was read
	seq         int64
	link        string
	checkpoints map[int64]Checkpoint
}

// all reads the sealed entries, and the end of the chain after them: what was sealed meanwhile is read as well, so that an end
// that lies elsewhere than the last entry was never there. Nothing to read says so only when the end was known before.
func (w *walk) all(ctx context.Context, db DB) (end head, err error) {
	for known := false; ; known = true {
		more, err := w.pages(ctx, db)
		if err != nil {
			return end, err
		}
		if end, err = readHead(ctx, db); err != nil || end.Seq <= w.seq || known && !more {
			return end, err
		}
	}
}

// pages walks on from where it stands and tells whether there was anything.
func (w *walk) pages(ctx context.Context, db DB) (more bool, err error) {
	for {
		page, err := w.next(ctx, db)
		if err != nil {
			return more, fmt.Errorf("read the audit log: %w", err)
		}
		for i := range page {
			w.last = &page[i]
			w.step(w.last)
			more = true
		}
		if len(page) < 1000 {
			return more, nil
		}
	}
}

// next reads on behind what was read last. Whoever can write to the database can put in any number, and the same one twice.
func (w *walk) next(ctx context.Context, db DB) (page []Event, err error) {
	q := db.Read.NewSelect().Model(&page).Where("seq IS NOT NULL").Order("seq", "id").Limit(1000)
	if w.last != nil {
		q = q.Where("seq >= ?", *w.last.Seq).Where("(seq > ? OR id > ?)", *w.last.Seq, w.last.ID)
	}
	return page, q.Scan(ctx)
}

func (w *walk) step(e *Event) {
	seq := *e.Seq
	w.report.Sealed++
	if gap := seq - w.seq - 1; gap > 0 {
		w.report.add(AuditRemoved, w.seq+1, "", fmt.Sprintf("%d entries are missing before sequence %d.", gap, seq))
	} else if w.vault.link(w.link, seq, e) != e.Link { // after a gap the link before is not known, so this one cannot be told
		w.report.add(AuditAltered, seq, e.ID, "This entry is not what was sealed here: it was changed, moved or put in.")
	}
	switch {
	case e.Detail == nil && e.DetailHash != hashText(""):
		w.report.Erased++
	case hashText(string(e.Detail)) != e.DetailHash:
		w.report.add(AuditDetail, seq, e.ID, "The detail of this entry is not the one that was sealed.")
	}
	w.check(seq, e.Link)
	w.seq, w.link = seq, e.Link
}

func (w *walk) check(seq int64, link string) {
	c, ok := w.checkpoints[seq]
	if !ok {
		return
	}
	delete(w.checkpoints, seq)
	if c.Link != link || c.MAC != w.vault.mark("checkpoint", seq, c.Link) {
		w.report.add(AuditCheckpoint, seq, "", "The checkpoint at this place does not fit the entry: one of them was changed.")
	}
}

// finish compares the last entry with the end of the chain.
func (w *walk) finish(end head) {
	if end.Seq == 0 && w.seq == 0 && len(w.checkpoints) == 0 {
		return
	}
	switch {
	case end.MAC != w.vault.mark("head", end.Seq, end.Link):
		w.report.add(AuditEnd, end.Seq, "", "The mark of the end of the chain was changed or removed.")
	case end.Seq > w.seq:
		w.report.add(AuditRemoved, w.seq+1, "", fmt.Sprintf("%d entries are missing at the end of the chain.", end.Seq-w.seq))
	case end.Seq < w.seq:
		w.report.add(AuditEnd, end.Seq, "", "The chain goes on behind the mark of its end.")
	case end.Link != w.link:
		w.report.add(AuditEnd, end.Seq, "", "The chain ends otherwise than its mark says.")
	}
	for seq := range w.checkpoints {
		w.report.add(AuditCheckpoint, seq, "", "There is a checkpoint here and no entry.")
	}
}

// searched are the columns by which entries are found.
var searched = []string{"id", "tenant_id", "at", "type", "outcome", "reason", "actor_kind", "actor_id", "actor_name", "object_kind", "object_id", "object_name",
	"application_id", "face", "ip", "agent", "request_id"}

// forms finds entries that read as they were sealed and are found nowhere: SQLite keeps bytes for a text and a time of another zone
// when it is told to, and compares them otherwise.
func (w *walk) forms(ctx context.Context, db DB) error {
	if db.Postgres {
		return nil
	}
	odd := "substr(at, -6) <> '+00:00'"
	for _, column := range searched {
		odd += " OR typeof(" + column + ") <> 'text'"
	}
	var entries []Event
	if err := db.Read.NewSelect().Model(&entries).Column("seq", "id").Where("seq IS NOT NULL").Where("(" + odd + ")").Order("seq").Scan(ctx); err != nil {
		return fmt.Errorf("read how the audit log is stored: %w", err)
	}
	for _, e := range entries {
		w.report.add(AuditAltered, *e.Seq, e.ID, "This entry is not stored as it was sealed: it reads alike, and searches pass it by.")
	}
	return nil
}

// tail counts what the sealer has not reached.
func (w *walk) tail(ctx context.Context, db DB) error {
	var oldest []Event
	if err := db.Read.NewSelect().Model(&oldest).Column("at").Where("seq IS NULL").Order("at").Limit(1).Scan(ctx); err != nil {
		return fmt.Errorf("read unsealed events: %w", err)
	}
	if len(oldest) > 0 {
		w.report.OldestWaits = &oldest[0].At
	}
	n, err := db.Read.NewSelect().Model((*Event)(nil)).Where("seq IS NULL").Count(ctx)
	w.report.Unsealed = int(n)
	if err != nil {
		return fmt.Errorf("count unsealed events: %w", err)
	}
	return nil
}
