package logto

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"gatehouse/handlers/webhooks"
	"gatehouse/models"
	"gatehouse/web"
)

func (d Dialect) hookRoutes(f web.Face) []web.Route {
	const all, one = "/api/hooks", "/api/hooks/:id"
	return []web.Route{
		{"GET", all, "webhook.read", web.Do(f, 200, d.listHooks).With(doc("hooks", "List hooks"))},
		{"POST", all, "webhook.create", web.Do(f, 201, d.createHook).With(doc("hooks", "Create a hook"))},
		{"GET", one, "webhook.read", web.Do(f, 200, d.getHook).With(doc("hooks", "Get a hook"))},
		{"PATCH", one, "webhook.update", web.Do(f, 200, d.updateHook).With(doc("hooks", "Change a hook"))},
		{"DELETE", one, "webhook.delete", web.Do0(f, 204, d.deleteHook).With(doc("hooks", "Delete a hook"))},
		{"PATCH", one + "/signing-key", "webhook.update", web.Do(f, 200, d.rotateHookKey).With(doc("hooks", "Replace the signing key of a hook"))},
		{"POST", one + "/test", "webhook.update", web.Do0(f, 204, d.testHook).With(doc("hooks", "Send test payloads"))},
		{"GET", one + "/recent-logs", "webhook.read", web.Do(f, 200, d.hookLogs).With(doc("hooks", "List the deliveries of the last day"))},
	}
}

// hookFields are the product's names of a hook's members.
var hookFields = models.Names{"url": "config.url", "headers": "config.headers", "retries": "config.retries"}

// hookConfig is where and how a hook is called.
type hookConfig struct {
	URL     string                 `json:"url" rule:"required"`
	Headers opt[map[string]string] `json:"headers,omitzero"`
	Retries opt[float64]           `json:"retries,omitzero"`
}

// hookOut is a hook as it is shown, key and headers included.
type hookOut struct {
	TenantID   string          `json:"tenantId"`
	ID         string          `json:"id"`
	Name       string          `json:"name"`
	Event      *string         `json:"event"`
	Events     []string        `json:"events"`
	Config     hookConfig      `json:"config"`
	SigningKey string          `json:"signingKey"`
	Enabled    bool            `json:"enabled"`
	CreatedAt  int64           `json:"createdAt"`
	Stats      *executionStats `json:"executionStats,omitempty"`
}

// executionStats are the deliveries of the last day.
type executionStats struct {
	Success int64 `json:"successCount"`
	All     int64 `json:"requestCount"`
}

const (
	storedHookEvent   = "logto.event"
	storedHookRetries = "logto.retries"
	storedHookCreated = "logto.created_at"
)

// hook shows a webhook. Events that only other faces have words for are not told.
func hook(row models.Webhook, key models.Secret, headers map[string]models.Secret) hookOut {
	out := hookOut{TenantID: row.TenantID, ID: row.ID, Name: row.Name, Events: []string{}, SigningKey: key.Reveal(), Enabled: row.Enabled,
		CreatedAt: millis(row.CreatedAt), Config: hookConfig{URL: row.URL}}
	for _, name := range row.Events {
		if (HookSpeaker{}).Knows(name) {
			out.Events = append(out.Events, name)
		}
	}
	_ = json.Unmarshal(row.Stored[storedHookEvent], &out.Event)
	if raw, ok := row.Stored[storedHookCreated]; ok {
		_ = json.Unmarshal(raw, &out.CreatedAt)
	}
	out.Config.Retries = shownRetries(row)
	if len(headers) > 0 {
		open := map[string]string{}
		for name, value := range headers {
			open[name] = value.Reveal()
		}
		out.Config.Headers = models.Some(open)
	}
	return out
}

// shownRetries is what was written here, unless another face has changed it since; what nobody has changed is not told.
func shownRetries(row models.Webhook) (out opt[float64]) {
	_ = json.Unmarshal(row.Stored[storedHookRetries], &out)
	said := hookConfig{Retries: out}.retries()
	if !said.Set {
		said.V = webhooks.DefaultRetries
	}
	if said.V != row.Retries {
		return models.Some(float64(row.Retries))
	}
	return out
}

// shownHook opens what is sealed, for those who may see it; others get names without values.
func (d Dialect) shownHook(ctx context.Context, row models.Webhook) (hookOut, error) {
	if !models.ReadsSecrets(ctx, "") {
		return hook(row, models.NewSecret(models.Masked), masked(row)), nil
	}
	key, err := d.Webhooks.SigningKey(ctx, row)
	if err != nil {
		return hookOut{}, err
	}
	headers, err := d.Webhooks.Headers(ctx, row)
	return hook(row, key, headers), err
}

// masked are the headers of a hook without their values.
func masked(row models.Webhook) map[string]models.Secret {
	out := map[string]models.Secret{}
	for _, name := range row.HeaderNames {
		out[name] = models.NewSecret(models.Masked)
	}
	return out
}

// hookIn is what may be written. What the server itself decides is taken and not looked at.
type hookIn struct {
	Name    opt[string]   `json:"name" rule:"min=1,max=256"`
	Event   opt[string]   `json:"event" rule:"nullable"`
	Events  opt[[]string] `json:"events"`
	Enabled opt[bool]     `json:"enabled"`
	Created opt[int64]    `json:"createdAt" rule:"min=0"`
}

// CheckShape names events that are none of the document's.
func (in *hookIn) CheckShape(c *models.Check) {
	for i, name := range in.Events.V {
		c.OneOf("events["+strconv.Itoa(i)+"]", name, hookEvents...)
	}
	if in.Event.Set && !in.Event.Null {
		c.OneOf("event", in.Event.V, hookEvents...)
	}
}

// events are those that were named, in either member.
func (in hookIn) events() []string {
	if in.Events.Set {
		return list(in.Events.V)
	}
	if in.Event.Set && !in.Event.Null {
		return []string{in.Event.V}
	}
	return nil
}

// stored keeps the members that only this dialect has.
func (in hookIn) stored(before map[string]json.RawMessage, config *hookConfig) map[string]json.RawMessage {
	out := map[string]json.RawMessage{}
	for name, value := range before {
		out[name] = value
	}
	if in.Event.Set {
		out[storedHookEvent], _ = json.Marshal(in.Event)
	}
	if in.Created.Set { // a hook that is moved here keeps the date that it had
		out[storedHookCreated], _ = json.Marshal(in.Created)
	}
	if config != nil {
		if delete(out, storedHookRetries); config.Retries.Set {
			out[storedHookRetries], _ = json.Marshal(config.Retries)
		}
	}
	return out
}

// retries is how often a delivery is tried again: what is said, as far as that can be kept.
func (c hookConfig) retries() opt[int64] {
	if !c.Retries.Set || c.Retries.Null {
		return models.Some[int64](3) // what the dialect's clients expect
	}
	return models.Some(int64(min(max(c.Retries.V, 0), 10)))
}

func (c hookConfig) secrets() map[string]models.Secret {
	out := map[string]models.Secret{}
	for name, value := range c.Headers.V {
		out[name] = models.NewSecret(value)
	}
	return out
}

type createHookIn struct {
	hookIn
	Config hookConfig `json:"config" rule:"required"`
}

func (d Dialect) createHook(ctx context.Context, in createHookIn) (hookOut, error) {
	name := in.Name.V
	if name == "" {
		name = "Webhook" // the document has no name by default, and a list needs one
	}
	made, err := d.Webhooks.Create(ctx, webhooks.CreateIn{Name: name, URL: in.Config.URL, Events: in.events(), Headers: in.Config.secrets(),
		Enabled: in.Enabled, Retries: in.Config.retries(), Stored: in.stored(nil, &in.Config)})
	if err != nil {
		return hookOut{}, hookFields.Rename(err, "")
	}
	return hook(made.Webhook, models.NewSecret(made.SigningKey), in.Config.secrets()), nil
}

type oneHookIn struct {
	idIn
	Stats string `query:"includeExecutionStats" json:"-"`
}

func (d Dialect) getHook(ctx context.Context, in oneHookIn) (hookOut, error) {
	row, err := d.Webhooks.Get(ctx, webhooks.OneIn{ID: in.ID})
	if err != nil {
		return hookOut{}, err
	}
	out, err := d.shownHook(ctx, row)
	if err == nil && asksStats(in.Stats) {
		err = d.addStats(ctx, []*hookOut{&out})
	}
	return out, err
}

func asksStats(text string) bool { return text == "true" || text == "1" }

// hookDay is how far back counts and logs of hooks look.
const hookDay = 24 * time.Hour

func (d Dialect) addStats(ctx context.Context, hooks []*hookOut) error {
	stats, err := d.Webhooks.StatsSince(ctx, d.Webhooks.Now().Add(-hookDay))
	for _, h := range hooks {
		s := stats[h.ID]
		h.Stats = &executionStats{Success: s.Delivered, All: s.Delivered + s.Failed}
	}
	return err
}

type listHooksIn struct {
	pageIn
	Stats string `query:"includeExecutionStats" json:"-"`
}

func (d Dialect) listHooks(ctx context.Context, in listHooksIn) (page[*hookOut], error) {
	rows, err := d.Webhooks.List(ctx, struct{}{})
	if err != nil {
		return page[*hookOut]{}, err
	}
	out := make([]*hookOut, 0, len(rows.Items))
	for _, row := range rows.Items {
		h, err := d.shownHook(ctx, row)
		if err != nil {
			return page[*hookOut]{}, err
		}
		out = append(out, &h)
	}
	if asksStats(in.Stats) {
		if err := d.addStats(ctx, out); err != nil {
			return page[*hookOut]{}, err
		}
	}
	return cut(in.pageIn, false, out)
}

type updateHookIn struct {
	idIn
	hookIn
	Config opt[hookConfig] `json:"config"`
}

func (d Dialect) updateHook(ctx context.Context, in updateHookIn) (out hookOut, err error) {
	err = d.again(ctx, func(ctx context.Context, d Dialect) error {
		now, err := d.Webhooks.Get(ctx, webhooks.OneIn{ID: in.ID})
		if err != nil {
			return err
		}
		next, err := d.Webhooks.Update(ctx, in.change(now))
		if err != nil {
			return hookFields.Rename(err, "")
		}
		out, err = d.shownHook(ctx, next)
		return err
	})
	return out, err
}

// change is what a patch means. Events in the words of other faces stay; a config replaces the one there is.
func (in updateHookIn) change(now models.Webhook) webhooks.UpdateIn {
	u := webhooks.UpdateIn{ID: now.ID, Name: in.Name, Enabled: in.Enabled, Version: models.Some(now.Version)}
	if names := in.events(); names != nil {
		others := slices.DeleteFunc(slices.Clone(now.Events), HookSpeaker{}.Knows)
		u.Events = models.Some(append(others, names...))
	}
	var config *hookConfig
	if in.Config.Set {
		config = &in.Config.V
		headers := map[string]opt[models.Secret]{}
		for name, value := range config.secrets() {
			headers[name] = models.Some(value)
		}
		u.URL, u.Retries, u.Headers, u.ReplaceHeaders = models.Some(config.URL), config.retries(), models.Some(headers), true
	}
	u.Stored = models.Some(in.stored(now.Stored, config))
	return u
}

func (d Dialect) deleteHook(ctx context.Context, in idIn) error {
	return d.Webhooks.Delete(ctx, webhooks.DeleteIn{ID: in.ID})
}

func (d Dialect) rotateHookKey(ctx context.Context, in idIn) (hookOut, error) {
	made, err := d.Webhooks.RotateKey(ctx, webhooks.OneIn{ID: in.ID})
	if err != nil {
		return hookOut{}, err
	}
	headers, err := d.Webhooks.Headers(ctx, made.Webhook)
	if models.IsFault(err, models.Forbidden) {
		headers, err = masked(made.Webhook), nil
	}
	return hook(made.Webhook, models.NewSecret(made.SigningKey), headers), err
}
