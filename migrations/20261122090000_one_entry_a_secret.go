package migrations

func init() { add("20261122090000_one_entry_a_secret", oneEntryASecret) }

// oneEntryASecret puts what finds a secret, by its first characters or by its keyed hash, into one index. Equal values begin alike, so
// no value is kept twice as before, and a new secret is written to one random place on the disk instead of two.
const oneEntryASecret = `
CREATE UNIQUE INDEX credentials_value ON credentials (tenant_id, prefix, hash) WHERE kind = 'secret'
;
DROP INDEX credentials_hash
;
DROP INDEX credentials_prefix
`
