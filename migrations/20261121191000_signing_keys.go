package migrations

func init() {
	add("20261121191000_signing_keys", signingKeys)
	add("20261121191100_access_token_alg", accessTokenAlg)
}

// signingKeys is the key ring. At most one key of the tenant's ring waits and one signs for each algorithm, and at most one of
// an application's own keys signs; a kid is published once.
const signingKeys = `
CREATE TABLE signing_keys (
	id TEXT PRIMARY KEY,
	tenant_id TEXT NOT NULL DEFAULT '',
	application_id TEXT NOT NULL DEFAULT '',
	kid TEXT NOT NULL,
	name TEXT NOT NULL DEFAULT '',
	alg TEXT NOT NULL,
	key_use TEXT NOT NULL DEFAULT 'sig',
	status TEXT NOT NULL,
	source TEXT NOT NULL DEFAULT '',
	public_jwk TEXT NOT NULL,
	sealed TEXT NOT NULL DEFAULT '',
	created_by TEXT NOT NULL DEFAULT '',
	version {int} NOT NULL DEFAULT 0,
	created_at {time} NOT NULL,
	updated_at {time} NOT NULL,
	activated_at {time},
	replaced_at {time},
	retired_at {time}
)
;
CREATE UNIQUE INDEX signing_keys_kid ON signing_keys (tenant_id, kid)
;
CREATE UNIQUE INDEX signing_keys_ring ON signing_keys (tenant_id, alg, status) WHERE application_id = '' AND status IN ('next', 'current')
;
CREATE UNIQUE INDEX signing_keys_own ON signing_keys (application_id) WHERE application_id <> '' AND status = 'signing'
;
CREATE INDEX signing_keys_created ON signing_keys (application_id, created_at, id)
`

// accessTokenAlg is the choice of another algorithm than ES256 for access tokens.
const accessTokenAlg = `
ALTER TABLE tenants ADD COLUMN access_token_alg TEXT NOT NULL DEFAULT ''
;
ALTER TABLE clients ADD COLUMN access_token_alg TEXT NOT NULL DEFAULT ''
`
