package migrations

func init() {
	add("20261122030000_webhooks", webhooks)
}

// webhooks is who is told of events, what is on its way to them, and how far the audit log was looked through for that.
const webhooks = `
CREATE TABLE webhooks (
	id TEXT PRIMARY KEY,
	tenant_id TEXT NOT NULL DEFAULT '',
	name TEXT NOT NULL DEFAULT '',
	url TEXT NOT NULL DEFAULT '',
	events TEXT NOT NULL DEFAULT '[]',
	header_names TEXT NOT NULL DEFAULT '[]',
	sealed_headers TEXT NOT NULL DEFAULT '',
	sealed_key TEXT NOT NULL DEFAULT '',
	previous_key TEXT NOT NULL DEFAULT '',
	previous_until {time},
	enabled BOOLEAN NOT NULL DEFAULT FALSE,
	retries {int} NOT NULL DEFAULT 0,
	dropped {int} NOT NULL DEFAULT 0,
	stored TEXT NOT NULL DEFAULT '{}',
	version {int} NOT NULL DEFAULT 0,
	created_at {time} NOT NULL,
	updated_at {time} NOT NULL
)
;
CREATE INDEX webhooks_created ON webhooks (tenant_id, created_at, id)
;
CREATE TABLE webhook_deliveries (
	id TEXT PRIMARY KEY,
	tenant_id TEXT NOT NULL DEFAULT '',
	webhook_id TEXT NOT NULL DEFAULT '',
	event_id TEXT NOT NULL DEFAULT '',
	event TEXT NOT NULL DEFAULT '',
	test BOOLEAN NOT NULL DEFAULT FALSE,
	resend_of TEXT NOT NULL DEFAULT '',
	body TEXT NOT NULL DEFAULT '',
	state TEXT NOT NULL DEFAULT '',
	attempts {int} NOT NULL DEFAULT 0,
	next_at {time},
	lease_until {time},
	created_at {time} NOT NULL,
	done_at {time},
	last_status {int} NOT NULL DEFAULT 0,
	last_reason TEXT NOT NULL DEFAULT '',
	last_ms {int} NOT NULL DEFAULT 0,
	FOREIGN KEY (webhook_id) REFERENCES webhooks (id)
)
;
CREATE UNIQUE INDEX webhook_deliveries_once ON webhook_deliveries (webhook_id, event_id) WHERE resend_of = '' AND NOT test
;
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (next_at) WHERE state = 'pending'
;
CREATE INDEX webhook_deliveries_created ON webhook_deliveries (webhook_id, created_at, id)
;
CREATE INDEX webhook_deliveries_old ON webhook_deliveries (created_at)
;
CREATE TABLE webhook_attempts (
	id TEXT PRIMARY KEY,
	delivery_id TEXT NOT NULL DEFAULT '',
	webhook_id TEXT NOT NULL DEFAULT '',
	number {int} NOT NULL DEFAULT 0,
	at {time} NOT NULL,
	took_ms {int} NOT NULL DEFAULT 0,
	status {int} NOT NULL DEFAULT 0,
	reason TEXT NOT NULL DEFAULT '',
	request_headers TEXT NOT NULL DEFAULT '{}',
	response_headers TEXT NOT NULL DEFAULT '{}',
	response_body TEXT NOT NULL DEFAULT '',
	FOREIGN KEY (delivery_id) REFERENCES webhook_deliveries (id)
)
;
CREATE INDEX webhook_attempts_delivery ON webhook_attempts (delivery_id, number)
;
CREATE INDEX webhook_attempts_webhook ON webhook_attempts (webhook_id)
;
CREATE TABLE webhook_cursor (
	id {int} PRIMARY KEY,
	seq {int} NOT NULL DEFAULT 0
)
;
INSERT INTO webhook_cursor (id, seq) VALUES (1, COALESCE((SELECT seq FROM audit_head WHERE id = 1), 0))
`
