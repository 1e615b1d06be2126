package outbox_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"gatehouse/handlers/dbtest"
	"gatehouse/handlers/outbox"
	"gatehouse/models"
)

func TestMessagesAreListedNewestFirst(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		o, ctx, now := outbox.New(db, vault), dbtest.Context(t), models.Now()
		o.Now = func() time.Time { now = now.Add(time.Second); return now }
		for i := range 5 {
			m := outbox.Message{Channel: models.ChannelSMS, To: "+44 1", Template: "verification_code", Text: fmt.Sprintf("Your code is %d", i), Data: map[string]any{"code": fmt.Sprint(i)}}
			if err := o.Send(ctx, m); err != nil {
				t.Fatal(err)
			}
		}
		in, texts := outbox.ListIn{}, []string{}
		in.Limit = 2
		for {
			page, err := o.List(ctx, in)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range page.Items {
				texts = append(texts, m.Text[len(m.Text)-1:])
			}
			if in.Cursor = page.Next; in.Cursor == "" {
				break
			}
		}
		if got := strings.Join(texts, ""); got != "43210" {
			t.Error(got)
		}
	})
}

func TestAMessageHasTheDocumentedMembers(t *testing.T) {
	db, vault := dbtest.Open(t)
	o, ctx := outbox.New(db, vault), dbtest.Context(t)
	if err := o.SendLetter(ctx, outbox.Message{To: "mia@example.com", Template: "hello", Subject: "Hello"}, outbox.Letter{Title: "Hello", Lines: []string{"<b>"}, Foot: "Bye."}); err != nil {
		t.Fatal(err)
	}
	page, err := o.List(ctx, outbox.ListIn{To: "mia@example.com"})
	if err != nil || len(page.Items) != 1 {
		t.Fatal(len(page.Items), err)
	}
	body, _ := json.Marshal(page.Items[0])
	var got map[string]any
	_ = json.Unmarshal(body, &got)
	for _, name := range []string{"id", "created_at", "channel", "to", "template", "subject", "text", "html", "data"} {
		if _, ok := got[name]; !ok {
			t.Errorf("%s is missing in %s", name, body)
		}
		delete(got, name)
	}
	if len(got) > 0 {
		t.Errorf("undocumented members: %v", got)
	}
	if !strings.Contains(page.Items[0].HTML, "&lt;b&gt;") {
		t.Error("the HTML of a mail escapes what it is given")
	}
}

func TestAMessageLeavesWithItsTransaction(t *testing.T) {
	db, vault := dbtest.Open(t)
	o, ctx := outbox.New(db, vault), dbtest.Context(t)
	_ = models.InTx(ctx, db, func(ctx context.Context, tx models.DB) error {
		if err := o.In(tx).Send(ctx, outbox.Message{Channel: models.ChannelEmail, To: "a"}); err != nil {
			t.Fatal(err)
		}
		return models.Missing("reason to go on")
	})
	if page, err := o.List(ctx, outbox.ListIn{}); err != nil || len(page.Items) != 0 {
		t.Error(len(page.Items), err)
	}
}

func TestOnlyOwnersSeeWhatOpensAnAdministratorsAccount(t *testing.T) {
	db, vault := dbtest.Open(t)
	o, owner := outbox.New(db, vault), dbtest.Context(t)
	for _, privileged := range []bool{true, false} {
		if err := o.Send(owner, outbox.Message{Channel: models.ChannelEmail, To: fmt.Sprint(privileged), Privileged: privileged}); err != nil {
			t.Fatal(err)
		}
	}
	all, err := o.List(owner, outbox.ListIn{})
	if err != nil || len(all.Items) != 2 {
		t.Fatal(len(all.Items), err)
	}
	editor := dbtest.As(t, models.Actor{Kind: models.ActorAdministrator, ID: "e", Actions: models.EditorActions})
	seen, err := o.List(editor, outbox.ListIn{})
	if err != nil || len(seen.Items) != 1 || seen.Items[0].To != "false" {
		t.Errorf("%+v %v", seen.Items, err)
	}
	for _, m := range all.Items {
		_, err := o.Get(editor, outbox.OneIn{ID: m.ID})
		if hidden := models.IsFault(err, models.NotFound); hidden != (m.To == "true") {
			t.Errorf("%s: %v", m.To, err)
		}
	}
	viewer := dbtest.As(t, models.Actor{Kind: models.ActorAdministrator, ID: "v", Actions: models.ViewerActions})
	if _, err := o.List(viewer, outbox.ListIn{}); !models.IsFault(err, models.Forbidden) {
		t.Error(err)
	}
}

func TestOldMessagesLeave(t *testing.T) {
	db, vault := dbtest.Open(t)
	o, ctx, now := outbox.New(db, vault), dbtest.Context(t), models.Now()
	o.Now = func() time.Time { return now }
	for range 2 {
		if err := o.Send(ctx, outbox.Message{Channel: models.ChannelEmail, To: "a"}); err != nil {
			t.Fatal(err)
		}
		now = now.Add(outbox.Kept + time.Second)
	}
	if page, err := o.List(ctx, outbox.ListIn{}); err != nil || len(page.Items) != 1 {
		t.Error(len(page.Items), err)
	}
}
