package migrations

func init() {
	add("20261121190200_administrators", `
CREATE TABLE administrators (
	id TEXT PRIMARY KEY,
	tenant_id TEXT NOT NULL DEFAULT '',
	email TEXT NOT NULL,
	email_key TEXT NOT NULL,
	name TEXT NOT NULL DEFAULT '',
	role TEXT NOT NULL DEFAULT '',
	disabled BOOLEAN NOT NULL DEFAULT FALSE,
	theme TEXT NOT NULL DEFAULT '',
	password_hash TEXT NOT NULL DEFAULT '',
	password_set_at {time},
	totp_sealed TEXT NOT NULL DEFAULT '',
	totp_confirmed_at {time},
	totp_last_step {int} NOT NULL DEFAULT 0,
	last_sign_in_at {time},
	version {int} NOT NULL DEFAULT 0,
	created_at {time} NOT NULL,
	updated_at {time} NOT NULL
)
;
CREATE UNIQUE INDEX administrators_email ON administrators (tenant_id, email_key)
;
CREATE INDEX administrators_created ON administrators (tenant_id, created_at, id)
;
CREATE INDEX administrators_name ON administrators (tenant_id, name, id)
;
CREATE TABLE administrator_links (
	hash TEXT PRIMARY KEY,
	administrator_id TEXT NOT NULL,
	purpose TEXT NOT NULL,
	created_at {time} NOT NULL,
	expires_at {time} NOT NULL
)
;
CREATE INDEX administrator_links_administrator ON administrator_links (administrator_id, purpose)
;
CREATE TABLE administrator_recovery_codes (
	hash TEXT PRIMARY KEY,
	administrator_id TEXT NOT NULL,
	created_at {time} NOT NULL
)
;
CREATE INDEX administrator_recovery_codes_administrator ON administrator_recovery_codes (administrator_id)
;
CREATE TABLE pending_sign_ins (
	hash TEXT PRIMARY KEY,
	administrator_id TEXT NOT NULL,
	tries {int} NOT NULL DEFAULT 0,
	expires_at {time} NOT NULL
)
;
CREATE TABLE sign_in_attempts (
	key TEXT PRIMARY KEY,
	failures {int} NOT NULL DEFAULT 0,
	locked_until {time},
	succeeded_at {time},
	last_at {time} NOT NULL
)
;
CREATE INDEX sign_in_attempts_last ON sign_in_attempts (last_at)
`)
}
