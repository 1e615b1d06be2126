package migrations

func init() {
	add("20261122030100_mail", mail)
}

// mail is how far the delivery of a message of the outbox has come. Those that are there already stay where they are.
const mail = `
ALTER TABLE outbox_messages ADD COLUMN sender TEXT NOT NULL DEFAULT ''
;
ALTER TABLE outbox_messages ADD COLUMN reply_to TEXT NOT NULL DEFAULT ''
;
ALTER TABLE outbox_messages ADD COLUMN delivery TEXT NOT NULL DEFAULT ''
;
ALTER TABLE outbox_messages ADD COLUMN attempts {int} NOT NULL DEFAULT 0
;
ALTER TABLE outbox_messages ADD COLUMN next_at {time}
;
ALTER TABLE outbox_messages ADD COLUMN sent_at {time}
;
ALTER TABLE outbox_messages ADD COLUMN delivery_error TEXT NOT NULL DEFAULT ''
;
CREATE INDEX outbox_due ON outbox_messages (next_at) WHERE delivery = 'pending'
`
