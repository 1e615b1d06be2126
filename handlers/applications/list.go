package applications

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"gatehouse/models"
)

// ListIn is what a caller may say about a list of applications.
type ListIn struct {
	models.PageIn
	Q       string `query:"q" doc:"Part of the name, the owner or a redirect URI, or a whole application or client id."`
	Kind    string `query:"kind" enum:"standard,management"`
	Profile string `query:"profile" enum:"web,spa,native,machine,protected,saml" doc:"Applications with a client of this profile."`
	Status  string `query:"status" enum:"active,disabled"`
	Owner   string `query:"owner"`
	Sort    string `query:"sort" enum:"created,-created,name,-name,used,-used" doc:"-created when absent; -used puts what was used last first."`
}

// Page is one page of applications. Its rows are shared with everybody else who asks: do not write to them.
type Page struct {
	models.List[*models.Application]
	encoded [][]byte
}

// AppendJSON joins what the cache holds encoded already.
func (p Page) AppendJSON(dst []byte) []byte {
	if dst == nil {
		size := 64
		for _, e := range p.encoded {
			size += len(e) + 1
		}
		dst = make([]byte, 0, size)
	}
	dst = append(dst, `{"items":[`...)
	for i, e := range p.encoded {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, e...)
	}
	dst = append(dst, ']')
	if p.Next != "" {
		dst = strconv.AppendQuote(append(dst, `,"next":`...), p.Next)
	}
	if p.Prev != "" {
		dst = strconv.AppendQuote(append(dst, `,"previous":`...), p.Prev)
	}
	return append(dst, '}')
}

// List gives one page of applications. A caller limited to one application sees that one.
// Faults: Invalid (cursor, sort and the other filters).
func (o Ops) List(ctx context.Context, in ListIn) (Page, error) {
	list, err := o.keys(ctx, in)
	if err != nil {
		return Page{}, err
	}
	entries, err := o.entries(ctx, list.Items)
	if err != nil {
		return Page{}, err
	}
	p := Page{List: models.List[*models.Application]{Items: make([]*models.Application, len(entries)), Next: list.Next, Prev: list.Prev}, encoded: make([][]byte, len(entries))}
	for i, e := range entries {
		p.Items[i], p.encoded[i] = &e.Row, e.JSON
	}
	return p, nil
}

// keyed is one page of keys with its cursors. It is shared: nobody writes to it.
type keyed = models.List[models.Key]

// pagesKept is how many pages are remembered, each of at most 100 keys.
const pagesKept = 256

// keys gives the keys of one page with its cursors.
func (o Ops) keys(ctx context.Context, in ListIn) (keyed, error) {
	fresh := func(ctx context.Context, _ string) (keyed, error) { return o.freshKeys(ctx, in) }
	if !in.settled() {
		return fresh(ctx, "")
	}
	actor := models.ActorFrom(ctx)
	return o.pages.Get(ctx, strings.Join([]string{actor.TenantID, actor.ApplicationID, in.Sort, in.Kind, in.Status, in.Owner,
		strconv.Itoa(in.Size()), in.Cursor}, "\x00"), fresh)
}

// settled tells whether the page changes only when an application does, and may be remembered until then.
func (in ListIn) settled() bool {
	return in.Q == "" && in.Profile == "" && in.Sort != "used" && in.Sort != "-used"
}

func (o Ops) freshKeys(ctx context.Context, in ListIn) (keyed, error) {
	var c models.Check
	c.OneOf("sort", in.Sort, "created", "-created", "name", "-name", "used", "-used")
	c.OneOf("kind", in.Kind, models.KindStandard, models.KindManagement)
	c.OneOf("status", in.Status, "active", "disabled")
	c.OneOf("profile", in.Profile, models.ProfileWeb, models.ProfileSPA, models.ProfileNative, models.ProfileMachine, models.ProfileProtected, models.ProfileSAML)
	if err := c.Err(); err != nil {
		return keyed{}, err
	}
	list, from := "applications "+in.Sort, models.Key{}
	if in.Cursor != "" {
		var err error
		if from, err = o.Vault.ReadCursor(list, in.Cursor); err != nil {
			return keyed{}, err
		}
	}
	keys, err := o.ids(ctx, in, from)
	if err != nil {
		return keyed{}, err
	}
	return models.Paged(o.Vault, list, keys, in.Size(), from, func(k models.Key) models.Key { return k }), nil
}

// Batch gives the next applications of a kind, the oldest first, for lists without pages: begin with an empty key and go on with
// the one it gives, as long as there is more. What is read so does not push out what the cache holds.
func (o Ops) Batch(ctx context.Context, kind string, from models.Key) (rows []models.Application, next models.Key, more bool, err error) {
	actor := models.ActorFrom(ctx)
	if !actor.May("application.read") {
		return nil, next, false, models.Denied("application.read")
	}
	q := o.DB.Read.NewSelect().Model(&rows).Where("a.tenant_id = ?", actor.TenantID).Where(ofKind(kind))
	if actor.ApplicationID != "" {
		q = q.Where("a.id = ?", actor.ApplicationID)
	}
	if from.ID != "" {
		q = q.Where("(a.created_at, a.id) > (?, ?)", from.Time, from.ID)
	}
	if err := q.Order("a.created_at", "a.id").Limit(models.PageLimit + 1).Scan(ctx); err != nil {
		return nil, next, false, fmt.Errorf("list applications: %w", err)
	}
	if more = len(rows) > models.PageLimit; more {
		rows = rows[:models.PageLimit]
	}
	if len(rows) > 0 {
		last := rows[len(rows)-1]
		next = models.Key{Time: last.CreatedAt, ID: last.ID}
	}
	return rows, next, more, nil
}

// Count is how many applications a list has, bounded: counting stops at limit.
func (o Ops) Count(ctx context.Context, limit int) (int, error) {
	var n int
	err := o.DB.Read.QueryRowContext(ctx, "SELECT COUNT(*) FROM (SELECT 1 FROM applications WHERE tenant_id = ? LIMIT ?) AS counted", models.ActorFrom(ctx).TenantID, limit).Scan(&n)
	return n, err
}
