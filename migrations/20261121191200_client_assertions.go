package migrations

func init() { add("20261121191200_client_assertions", clientAssertions) }

// clientAssertions remembers the assertions that clients authenticated with until they expire, so that each counts once
// (RFC 7523 section 3), on every node.
const clientAssertions = `
CREATE TABLE client_assertions (
	client_id TEXT NOT NULL,
	jti_hash TEXT NOT NULL,
	expires_at {time} NOT NULL,
	PRIMARY KEY (client_id, jti_hash)
)
;
CREATE INDEX client_assertions_expiry ON client_assertions (expires_at)
`
