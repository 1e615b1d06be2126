package applications

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"gatehouse/models"
)

const (
	cacheName  = "application"
	totalsName = "application_totals" // by tenant
	pagesName  = "application_pages"  // by tenant, filters and cursor
)

// Entry is an application as the cache keeps it: the row and its JSON, because lists are mostly made of rows that were
// encoded before.
type Entry struct {
	Row  models.Application
	JSON []byte
}

// Weight is what an entry takes in the cache beside its bounded parts, in bytes.
func (e *Entry) Weight() int { return len(e.JSON) }

func newEntry(row models.Application) (*Entry, error) {
	b, err := json.Marshal(row)
	return &Entry{row, b}, err
}

// entry gives a cached row.
func (o Ops) entry(ctx context.Context, id string) (*Entry, error) {
	load := func(ctx context.Context, id string) (*Entry, error) {
		row, err := o.readFrom(ctx, o.DB.Read, id)
		if err != nil {
			return nil, err
		}
		return newEntry(row)
	}
	if o.cache == nil {
		return load(ctx, id)
	}
	return o.cache.Get(ctx, id, load)
}

// read gives the row as the transaction sees it.
func (o Ops) read(ctx context.Context, id string) (models.Application, error) {
	return o.readFrom(ctx, o.DB.Write, id)
}

func (o Ops) readFrom(ctx context.Context, db bun.IDB, id string) (models.Application, error) {
	var row models.Application
	err := db.NewSelect().Model(&row).Where("id = ?", id).Where("tenant_id = ?", models.ActorFrom(ctx).TenantID).Scan(ctx)
	return row, models.Found(err, "application")
}

func (o Ops) insert(ctx context.Context, app *models.Application) error {
	o.forgetLists(app.TenantID)
	err := models.Insert(ctx, o.DB, app)
	if models.Unique(err) {
		return hubTaken()
	}
	if err != nil {
		return fmt.Errorf("store application: %w", err)
	}
	return nil
}

// update writes every column that can change, where the version is still the one that was read.
func (o Ops) update(ctx context.Context, version int64, app *models.Application) error {
	o.DB.Drop(cacheName, app.ID)
	o.forgetLists(app.TenantID)
	res, err := o.DB.Write.NewUpdate().Model(app).ExcludeColumn("id", "tenant_id", "kind", "created_at", "created_by", "default_client_id").
		Where("id = ?", app.ID).Where("version = ?", version).Exec(ctx)
	if models.Unique(err) {
		return hubTaken()
	}
	if models.IsFault(models.Touched(res, err, "application"), models.NotFound) {
		return models.Outrun(&models.Fault{Code: models.Stale, Reason: "application_changed", Text: "Somebody changed this application at the same moment."})
	}
	return models.Touched(res, err, "application")
}

// forgetLists drops what is remembered of a tenant's applications together.
func (o Ops) forgetLists(tenant string) {
	o.DB.Drop(totalsName, tenant)
	o.DB.Drop(pagesName, models.EveryEntry)
}

// forgetClients drops what token requests remember of the application's clients.
func (o Ops) forgetClients(ctx context.Context, id string) error {
	var ids []string
	if err := o.DB.Write.NewSelect().Table("clients").Column("id").Where("application_id = ?", id).Scan(ctx, &ids); err != nil {
		return fmt.Errorf("read clients of application: %w", err)
	}
	for _, client := range ids {
		o.DB.Drop(models.CacheOAuthClient, client)
	}
	return nil
}

func (o Ops) remove(ctx context.Context, id string) error {
	o.DB.Drop(cacheName, id)
	o.DB.Drop(models.CacheApplicationCard, id)
	o.forgetLists(models.ActorFrom(ctx).TenantID)
	_, err := o.DB.Write.NewDelete().Model((*models.Usage)(nil)).Where("object_kind = ?", models.UsedApplication).Where("object_id = ?", id).Exec(ctx)
	if err != nil {
		return fmt.Errorf("delete use of application %s: %w", id, err)
	}
	res, err := o.DB.Write.NewDelete().Model((*models.Application)(nil)).Where("id = ?", id).Exec(ctx)
	return models.Touched(res, err, "application")
}

func hubTaken() error {
	return models.Taken("hub.is_centralized", "hub_taken", "Another application of this tenant is the authentication hub already. Switch it off there first.")
}

// order is one way to sort the list. Names come from this list in code only.
type order struct {
	column string // SQL expression, of the index that carries it
	byTime bool
	down   bool
}

var orders = map[string]order{
	"":         {"created_at", true, true},
	"-created": {"created_at", true, true},
	"created":  {"created_at", true, false},
	"name":     {"LOWER(name)", false, false},
	"-name":    {"LOWER(name)", false, true},
}

// ids gives the keys of one page, one beyond its size.
func (o Ops) ids(ctx context.Context, in ListIn, from models.Key) ([]models.Key, error) {
	if in.Sort == "used" || in.Sort == "-used" {
		return o.idsByUse(ctx, in, from)
	}
	by, actor := orders[in.Sort], models.ActorFrom(ctx)
	sql, args := &strings.Builder{}, []any{actor.TenantID}
	sql.WriteString("SELECT id, " + by.column + " FROM applications WHERE tenant_id = ?")
	where := func(clause string, values ...any) {
		sql.WriteString(" AND " + clause)
		args = append(args, values...)
	}
	in.filter(actor, where)
	op, dir := ">", ""
	if by.down != from.Back {
		op, dir = "<", " DESC"
	}
	switch {
	case from.ID == "":
	case by.byTime:
		where("("+by.column+", id) "+op+" (?, ?)", from.Time, from.ID)
	default:
		where("("+by.column+", id) "+op+" (?, ?)", from.Text, from.ID)
	}
	sql.WriteString(" ORDER BY " + by.column + dir + ", id" + dir + models.Limit(int64(in.Size()+1)))
	into := func(k *models.Key) []any { return []any{&k.ID, &k.Text} }
	if by.byTime {
		into = idAndTime
	}
	keys, err := o.readKeys(ctx, into, sql.String(), args...)
	if err != nil {
		return nil, fmt.Errorf("list applications: %w", err)
	}
	return keys, nil
}

// Columns of keys, as they are read.
func idAndTime(k *models.Key) []any { return []any{&k.ID, &k.Time} }
func idOnly(k *models.Key) []any    { return []any{&k.ID} }

// readKeys runs a query of keys, each read into what into names of it.
func (o Ops) readKeys(ctx context.Context, into func(*models.Key) []any, sql string, args ...any) ([]models.Key, error) {
	rows, err := o.DB.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var keys []models.Key
	for rows.Next() {
		var k models.Key
		if err := rows.Scan(into(&k)...); err != nil {
			return nil, err
		}
		keys = append(keys, k)
	}
	return keys, rows.Err()
}

// ofKind is the condition for one of the two kinds, spelled out, since the index of the few management applications has it so.
func ofKind(kind string) string {
	if kind == models.KindManagement {
		return "kind = 'management'"
	}
	return "kind = 'standard'"
}

// filter writes the conditions of a list.
func (in ListIn) filter(actor models.Actor, where func(clause string, values ...any)) {
	if actor.ApplicationID != "" {
		where("id = ?", actor.ApplicationID)
	}
	if in.Kind != "" {
		where(ofKind(in.Kind))
	}
	if in.Owner != "" {
		where("owner = ?", in.Owner)
	}
	if in.Status != "" {
		where("disabled = ?", in.Status == "disabled")
	}
	if in.Profile != "" {
		where("EXISTS (SELECT 1 FROM clients c WHERE c.application_id = applications.id AND c.profile = ?)", in.Profile)
	}
	if q := strings.ToLower(strings.TrimSpace(in.Q)); q != "" {
		like := "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(q) + "%"
		where(`(LOWER(name) LIKE ? ESCAPE '\' OR id = ? OR LOWER(owner) LIKE ? ESCAPE '\' OR EXISTS (SELECT 1 FROM clients c WHERE c.application_id = applications.id AND (c.id = ? OR c.redirect_uris LIKE ? ESCAPE '\')))`,
			like, q, like, q, like)
	}
}

// entries gives the cached rows of a page in its order, reading those that are missing together.
func (o Ops) entries(ctx context.Context, keys []models.Key) ([]*Entry, error) {
	out := make([]*Entry, 0, len(keys))
	for _, k := range keys {
		e, err := o.entry(ctx, k.ID)
		if models.IsFault(err, models.NotFound) {
			continue // deleted between the two reads
		}
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}
