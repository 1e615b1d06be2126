package migrations

func init() {
	add("20261122060000_fewer_entries", fewerEntries)
}

// fewerEntries takes out what every write paid for and no read needs: an index that another begins with, entries of what is
// absent (a number not yet given, a day that never comes), and the kind of every application where only the few management
// applications are ever looked for by it.
const fewerEntries = `
DROP INDEX applications_name
;
DROP INDEX applications_kind
;
CREATE INDEX applications_management ON applications (tenant_id, created_at, id) WHERE kind = 'management'
;
DROP INDEX credentials_client
;
DROP INDEX credentials_expiry
;
CREATE INDEX credentials_expiry ON credentials (expires_at) WHERE revoked_at IS NULL AND expires_at IS NOT NULL
;
DROP INDEX events_seq
;
CREATE UNIQUE INDEX events_seq ON events (seq) WHERE seq IS NOT NULL
`
