package migrations

func init() {
	add("20261122020000_connections", connections)
}

// connections become a resource of their own: a name for programs beside the one for people, open options, the clients that
// may use them and the keys by which they prove themselves. What was a name until now was the one for people.
const connections = `
ALTER TABLE connections RENAME COLUMN settings TO options
;
ALTER TABLE connections ADD COLUMN display_name TEXT NOT NULL DEFAULT ''
;
ALTER TABLE connections ADD COLUMN factory TEXT NOT NULL DEFAULT ''
;
ALTER TABLE connections ADD COLUMN enabled BOOLEAN NOT NULL DEFAULT TRUE
;
ALTER TABLE connections ADD COLUMN secret_options TEXT NOT NULL DEFAULT '[]'
;
ALTER TABLE connections ADD COLUMN realms TEXT NOT NULL DEFAULT '[]'
;
ALTER TABLE connections ADD COLUMN is_domain_connection BOOLEAN NOT NULL DEFAULT FALSE
;
ALTER TABLE connections ADD COLUMN show_as_button BOOLEAN
;
ALTER TABLE connections ADD COLUMN metadata TEXT NOT NULL DEFAULT '{}'
;
ALTER TABLE connections ADD COLUMN stored TEXT NOT NULL DEFAULT '{}'
;
UPDATE connections SET display_name = name, name = strategy || '-' || id
;
UPDATE connections SET secret_options = '["/client_secret"]' WHERE sealed_secret <> ''
;
CREATE UNIQUE INDEX connections_name ON connections (tenant_id, name)
;
CREATE TABLE connection_clients (
	connection_id TEXT NOT NULL,
	client_id TEXT NOT NULL,
	created_at {time} NOT NULL,
	PRIMARY KEY (connection_id, client_id),
	FOREIGN KEY (connection_id) REFERENCES connections (id) ON DELETE CASCADE,
	FOREIGN KEY (client_id) REFERENCES clients (id) ON DELETE CASCADE
)
;
CREATE INDEX connection_clients_client ON connection_clients (client_id, connection_id)
;
CREATE TABLE connection_keys (
	id TEXT PRIMARY KEY,
	connection_id TEXT NOT NULL,
	alg TEXT NOT NULL DEFAULT '',
	key_use TEXT NOT NULL DEFAULT '',
	status TEXT NOT NULL DEFAULT '',
	certificate TEXT NOT NULL DEFAULT '',
	sealed_private TEXT NOT NULL DEFAULT '',
	created_at {time} NOT NULL,
	current_since {time},
	FOREIGN KEY (connection_id) REFERENCES connections (id) ON DELETE CASCADE
)
;
CREATE INDEX connection_keys_connection ON connection_keys (connection_id, created_at)
`
