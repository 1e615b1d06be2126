package migrations

func init() {
	add("20261121190100_sessions", `
CREATE TABLE console_sessions (
	id_hash TEXT PRIMARY KEY,
	administrator_id TEXT NOT NULL,
	ip TEXT NOT NULL DEFAULT '',
	agent TEXT NOT NULL DEFAULT '',
	created_at {time} NOT NULL,
	auth_at {time} NOT NULL,
	last_seen_at {time} NOT NULL,
	expires_at {time} NOT NULL
)
;
CREATE INDEX console_sessions_administrator ON console_sessions (administrator_id)
;
CREATE INDEX console_sessions_expiry ON console_sessions (expires_at)
`)
}
