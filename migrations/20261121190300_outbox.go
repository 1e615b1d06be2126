package migrations

func init() {
	add("20261121190300_outbox", `
CREATE TABLE outbox_messages (
	id TEXT PRIMARY KEY,
	tenant_id TEXT NOT NULL DEFAULT '',
	channel TEXT NOT NULL DEFAULT '',
	recipient TEXT NOT NULL DEFAULT '',
	template TEXT NOT NULL DEFAULT '',
	subject TEXT NOT NULL DEFAULT '',
	sealed TEXT NOT NULL DEFAULT '',
	privileged BOOLEAN NOT NULL DEFAULT FALSE,
	created_at {time} NOT NULL
)
;
CREATE INDEX outbox_messages_created ON outbox_messages (tenant_id, created_at, id)
`)
}
