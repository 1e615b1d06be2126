package account_test

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"

	"gatehouse/handlers/administrators"
	"gatehouse/handlers/dbtest"
	"gatehouse/handlers/setup"
	"gatehouse/models"
)

// SECURITY-BAR R9: nodes that start at once on one database print one link, whichever terminal it is read from; and it makes one owner.
func TestNodesThatStartTogetherPrintOneSetupLink(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		h := open(t, db, vault)
		links, nodes := make([]string, 6), make([]setup.Ops, 6)
		var all sync.WaitGroup
		for i := range nodes {
			nodes[i] = setup.New(h.admin, setup.Headless{})
			all.Go(func() { links[i], _ = nodes[i].Begin(context.Background(), origin) })
		}
		all.Wait()
		for _, link := range links {
			if link == "" || link != links[0] {
				t.Errorf("%q and %q", links[0], link)
			}
		}
		if n, err := db.Read.NewSelect().Model((*models.AdministratorLink)(nil)).Count(t.Context()); n != 1 || err != nil {
			t.Errorf("%d links, %v", n, err)
		}
		token, _ := url.QueryUnescape(strings.TrimPrefix(links[0], origin+"/setup?token="))
		made := make([]error, len(nodes))
		for i, node := range nodes {
			ctx := h.from("192.0.2.1")
			all.Go(func() {
				_, made[i] = node.Create(ctx, setup.CreateIn{Token: models.NewSecret(token), Name: "Mia", Email: fmt.Sprintf("mia%d@example.com", i), Password: models.NewSecret(password)})
			})
		}
		all.Wait()
		if n, err := db.Read.NewSelect().Model((*models.Administrator)(nil)).Count(t.Context()); n != 1 || err != nil {
			t.Errorf("%d owners, %v: %v", n, err, made)
		}
	})
}

// Two headless nodes with other settings, or one of them beside a page, make one first administrator.
func TestTheFirstAdministratorIsMadeOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		h := open(t, db, vault)
		var all sync.WaitGroup
		for i := range 4 {
			all.Go(func() {
				node := setup.New(h.admin, setup.Headless{Email: fmt.Sprintf("mia%d@example.com", i), Password: models.NewSecret(password)})
				if err := node.Bootstrap(context.Background()); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if n, err := db.Read.NewSelect().Model((*models.Administrator)(nil)).Count(t.Context()); n != 1 || err != nil {
			t.Errorf("%d owners, %v", n, err)
		}
		h.later(2 * administrators.Together)
		if link, err := setup.New(h.admin, setup.Headless{}).Begin(context.Background(), origin); link != "" || err != nil {
			t.Errorf("%q %v", link, err)
		}
	})
}
