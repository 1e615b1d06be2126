package auth0

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"

	"gatehouse/handlers/documents"
	"gatehouse/models"
)

// globalClient names the one client of the document that stands for all of a tenant. It is no client of ours: it asks for no
// tokens and has no secret. It carries the tenant's own login page, which tools read and write through it.
const globalClient = "global00000000000000000000000000"

// globalPage are the members that the global client has of its own.
var globalPage = []string{"custom_login_page", "custom_login_page_on", "custom_login_page_preview", "form_template"}

// loginPage keeps what was written into them.
const loginPage = "login_page"

func (d Dialect) getGlobal(ctx context.Context) (clientOut, error) {
	page, err := documents.Load(models.Lend(ctx, loginPage+".read"), d.Documents, only(loginPage), map[string]json.RawMessage{})
	return d.global(ctx, page), err
}

func (d Dialect) global(ctx context.Context, page map[string]json.RawMessage) clientOut {
	return clientOut{ClientID: globalClient, Tenant: models.ActorFrom(ctx).TenantID, Name: "All Applications", Global: true, IsFirstParty: true,
		Callbacks: []string{}, AllowedOrigins: []string{}, WebOrigins: []string{}, AllowedLogoutURLs: []string{}, GrantTypes: []string{},
		JWTConfiguration: shownJWT(models.Client{}), RefreshToken: shownRefresh(models.Client{}), kept: page}
}

// updateGlobal changes the tenant's login page. Everything else is refused by name.
func (d Dialect) updateGlobal(ctx context.Context, in updateClientIn) (out clientOut, err error) {
	var c models.Check
	for _, name := range said(in) {
		c.That(slices.Contains(globalPage, name), name, "not_allowed", "The global client has a login page and nothing else that can change.")
	}
	if c.Err() != nil {
		return out, c.Err()
	}
	err = d.within(models.Lend(ctx, writing(loginPage)...), func(ctx context.Context, d Dialect) error {
		page, err := documents.Load(ctx, d.Documents, only(loginPage), map[string]json.RawMessage{})
		if err != nil {
			return err
		}
		keptMembers(in.clientKept, page)
		out = d.global(ctx, page)
		_, _, err = d.Documents.Put(ctx, documents.PutIn{Ref: only(loginPage), Body: page})
		return err
	})
	return out, err
}

// said are the names of the members that a body holds.
func said(in any) (out []string) {
	at := reflect.ValueOf(in)
	for _, f := range reflect.VisibleFields(at.Type()) {
		if name := wireName(f); name != "" && at.FieldByIndex(f.Index).FieldByName("Set").Bool() {
			out = append(out, name)
		}
	}
	return out
}

// notGlobal refuses what cannot be done to the global client.
func notGlobal(id string) error {
	if id != globalClient {
		return nil
	}
	return &models.Fault{Code: models.Invalid, Reason: "operation_not_supported", Text: "The global client cannot be deleted, and has no secret."}
}
