package credentials

import (
	"context"
	"encoding/json"
	"maps"
	"strconv"
	"time"

	"gatehouse/models"
	frame "gatehouse/views/applications"
	views "gatehouse/views/credentials"
	"gatehouse/views/ui"
)

// HeadOf gives what the pages of an application show above their tabs.
type HeadOf func(ctx context.Context, applicationID string) (frame.Head, error)

// Console is the pages of credentials over the operations.
type Console struct {
	Ops
	Head HeadOf
}

// Shown is a secret as the page that shows it once wants it; done is where "I have stored it" leads.
func Shown(clientID, title string, v Value, done string) ui.SecretOpts {
	expires := "Does not expire"
	if v.ExpiresAt != nil {
		expires = "Expires " + v.ExpiresAt.Format("2 Jan 2006")
	}
	raw, _ := json.MarshalIndent(map[string]string{"client_id": clientID, "client_secret": v.Value}, "", "  ")
	return ui.SecretOpts{Title: title, Value: v.Value, Expires: expires, DoneTo: done, JSON: string(raw),
		Env:  "CLIENT_ID=" + clientID + "\nCLIENT_SECRET=" + v.Value + "\n",
		Curl: `curl -u "` + clientID + ":" + v.Value + `" -d grant_type=client_credentials "$GATEHOUSE/oidc/token"`}
}

// page is what every page of one client has.
func (c Console) page(ctx context.Context, action, clientID string) (views.Page, error) {
	if _, err := c.reach(ctx, action, clientID); err != nil {
		return views.Page{}, err
	}
	out := views.Page{Now: c.Now()}
	var row models.Client
	if err := models.Found(c.DB.Read.NewSelect().Model(&row).Where("c.id = ?", clientID).Scan(ctx), "client"); err != nil {
		return out, err
	}
	out.Client = row
	keep, err := readable(ctx, c.DB)
	if err != nil {
		return out, err
	}
	out.WriteOnce = !keep
	closed, err := models.Closed(ctx, c.DB, []string{clientID})
	if err != nil {
		return out, err
	}
	out.Closed = closed[clientID] != nil
	out.Head, err = c.Head(ctx, row.ApplicationID)
	return out, err
}

// show is the page of one client.
func (c Console) show(ctx context.Context, in ClientIn) (views.ClientPage, error) {
	page, err := c.page(ctx, "credential.read", in.ClientID)
	if err != nil {
		return views.ClientPage{}, err
	}
	rows, err := ofClient(ctx, c.DB.Read, in.ClientID)
	if err != nil {
		return views.ClientPage{}, err
	}
	all, err := c.shown(ctx, rows)
	if err != nil {
		return views.ClientPage{}, err
	}
	out := views.ClientPage{Page: page, Rotation: underWay(all)}
	part := parts(rows)
	for _, r := range all {
		switch row := viewRow(r, part); r.Kind {
		case models.CredentialSecret:
			out.Secrets = append(out.Secrets, row)
		case models.CredentialPublicKey:
			out.Keys = append(out.Keys, row)
		default:
			out.Certificates = append(out.Certificates, row)
		}
	}
	return out, nil
}

func underWay(all []Credential) *views.Rotation {
	rows := make([]models.Credential, len(all))
	for i, r := range all {
		rows[i] = r.Credential
	}
	old, row := members(rows)
	if old == nil {
		return nil
	}
	out := views.Rotation{StartedAt: row.CreatedAt, StartedBy: row.CreatedBy}
	if old.ExpiresAt != nil {
		out.EndsAt = *old.ExpiresAt
	}
	for _, r := range all {
		switch r.ID {
		case old.ID:
			out.Old = viewRow(r, nil)
		case row.ID:
			out.New = viewRow(r, nil)
		}
	}
	return &out
}

func viewRow(c Credential, part map[string]string) views.Row {
	row := views.Row{Credential: c.Credential, Status: c.Status, LastIP: c.LastIP, Part: part[c.ID]}
	if c.LastUsedAt != nil {
		row.LastUsed = *c.LastUsedAt
	}
	return row
}

// parts says which part the secrets of a rotation have in it, by the id of the secret. The rows are those of one client, newest first.
func parts(rows []models.Credential) map[string]string {
	old, row := members(rows)
	if old == nil {
		return nil
	}
	return map[string]string{old.ID: "old", row.ID: "new"}
}

// partsOf is parts for credentials of several clients. A page of a list may hold one of the two alone, so both are read.
func (c Console) partsOf(ctx context.Context, list ...Credential) (map[string]string, error) {
	out, seen := map[string]string{}, map[string]bool{}
	for _, r := range list {
		if r.RotationID == "" || seen[r.ClientID] {
			continue
		}
		seen[r.ClientID] = true
		rows, err := ofClient(ctx, c.DB.Read, r.ClientID, models.CredentialSecret)
		if err != nil {
			return nil, err
		}
		maps.Copy(out, parts(rows))
	}
	return out, nil
}

// overviewIn asks for the credentials of an application.
type overviewIn struct {
	ApplicationID string `path:"application_id" json:"-"`
	models.PageIn
}

// overview is the page of a whole application.
func (c Console) overview(ctx context.Context, in overviewIn) (views.Overview, error) {
	if err := models.Need(ctx, "credential.read", in.ApplicationID, "application"); err != nil {
		return views.Overview{}, err
	}
	head, err := c.Head(ctx, in.ApplicationID)
	if err != nil {
		return views.Overview{}, err
	}
	keep, err := readable(ctx, c.DB)
	if err != nil {
		return views.Overview{}, err
	}
	out := views.Overview{Page: views.Page{Head: head, WriteOnce: !keep, Now: c.Now()}}
	names, err := c.offered(ctx, in.ApplicationID, &out)
	if err != nil {
		return out, err
	}
	list, err := c.ofApplication(ctx, in)
	if err != nil {
		return out, err
	}
	part, err := c.partsOf(ctx, list.Items...)
	if err != nil {
		return out, err
	}
	for _, r := range list.Items {
		row := viewRow(r, part)
		row.Client = names[r.ClientID]
		out.Rows = append(out.Rows, row)
	}
	out.Newer, out.Older = cursorURL(in.ApplicationID, list.Prev), cursorURL(in.ApplicationID, list.Next)
	return out, nil
}

// offered gives the names of an application's clients by id, and puts those that the reader may give more secrets on the page.
func (c Console) offered(ctx context.Context, applicationID string, page *views.Overview) (map[string]string, error) {
	clients, err := clientsOf(ctx, c.DB.Read, applicationID)
	if err != nil {
		return nil, err
	}
	names, ids := map[string]string{}, make([]string, len(clients))
	for i, row := range clients {
		names[row.ID], ids[i] = row.Name, row.ID
	}
	closed, err := models.Closed(ctx, c.DB, ids)
	if err != nil {
		return nil, err
	}
	for _, row := range clients {
		if row.Confidential() && closed[row.ID] == nil {
			page.Clients = append(page.Clients, row)
		}
	}
	return names, nil
}

func cursorURL(applicationID, cursor string) string {
	if cursor == "" {
		return ""
	}
	return frame.URL(applicationID, frame.TabSecrets) + "?cursor=" + cursor
}

// blank is a page with an empty form. It asks for the recent sign-in before the form is filled in, and not after.
func (c Console) blank(ctx context.Context, in ClientIn) (views.FormPage, error) {
	if err := models.NeedRecentSignIn(models.ActorFrom(ctx), c.Now()); err != nil {
		return views.FormPage{}, err
	}
	page, err := c.page(ctx, "credential.create", in.ClientID)
	return views.FormPage{Page: page, Form: views.Form{Values: map[string]string{"expires": "", "overlap_seconds": "86400"}}}, err
}

// typed is what the forms post.
type typed struct {
	Name      string `form:"name" json:"-"`
	Expires   string `form:"expires" json:"-"`
	ExpiresOn string `form:"expires_on" json:"-"`
}

// end reads when a credential shall stop working.
func (t typed) end(now time.Time, c *models.Check) *time.Time {
	switch t.Expires {
	case "":
		return nil
	case "date":
		day, err := time.Parse(time.DateOnly, t.ExpiresOn)
		if !c.That(err == nil, "expires_on", "required", "Choose a day, or another way to expire.") {
			return nil
		}
		at := day.Add(24*time.Hour - time.Second)
		return &at
	}
	days, err := strconv.Atoi(t.Expires)
	if !c.That(err == nil && days > 0 && days <= 3660, "expires", "not_allowed", "Choose one of the list.") {
		return nil
	}
	at := now.AddDate(0, 0, days)
	return &at
}

func (t typed) values() map[string]string {
	return map[string]string{"name": t.Name, "expires": t.Expires, "expires_on": t.ExpiresOn}
}

// refused is a form with what was typed and what is wrong with it.
func refused(values map[string]string, fault *models.Fault) views.Form {
	f := views.Form{Values: values, Errors: map[string]string{}}
	if fault == nil {
		return f
	}
	for _, field := range fault.Fields {
		name := field.Name
		if name == "expires_at" { // the page asks for it in days
			name = "expires"
		}
		f.Errors[name] = field.Text
	}
	if len(fault.Fields) == 0 {
		f.Errors[""] = fault.Text
	}
	return f
}

// secret is the page of one secret.
func (c Console) secret(ctx context.Context, in OneIn) (views.SecretPage, error) {
	page, err := c.page(ctx, "credential.read", in.ClientID)
	if err != nil {
		return views.SecretPage{}, err
	}
	row, err := c.Get(ctx, in)
	if err != nil {
		return views.SecretPage{}, err
	}
	part, err := c.partsOf(ctx, row)
	if err != nil {
		return views.SecretPage{}, err
	}
	out := views.SecretPage{Page: page, Row: viewRow(row, part), Form: views.Form{Values: map[string]string{"name": row.Name}}}
	if row.ExpiresAt != nil {
		out.Values["expires"], out.Values["expires_on"] = "date", row.ExpiresAt.Format(time.DateOnly)
	}
	return out, nil
}

// danger is the page that asks before a secret stops working.
func (c Console) danger(gone bool) func(ctx context.Context, in OneIn) (views.Danger, error) {
	return func(ctx context.Context, in OneIn) (views.Danger, error) {
		p, err := c.secret(ctx, in)
		return views.Danger{Page: p.Page, Row: p.Row, Delete: gone}, err
	}
}

func (c Console) askKey(ctx context.Context, in KeyOneIn) (views.Danger, error) {
	return c.removal(ctx, OneIn(in), models.CredentialPublicKey)
}

func (c Console) askCertificate(ctx context.Context, in CertificateOneIn) (views.Danger, error) {
	return c.removal(ctx, OneIn(in), models.CredentialCertificate)
}

// removal is the page that asks before a key or a certificate is deleted.
func (c Console) removal(ctx context.Context, in OneIn, kind string) (views.Danger, error) {
	page, err := c.page(ctx, "credential.delete", in.ClientID)
	if err != nil {
		return views.Danger{}, err
	}
	list, err := c.list(ctx, in.ClientID, kind)
	if err != nil {
		return views.Danger{}, err
	}
	for _, row := range list.Items {
		if row.ID == in.ID {
			return views.Danger{Page: page, Row: viewRow(row, nil), Delete: true}, nil
		}
	}
	return views.Danger{}, models.Missing("credential")
}
