package migrations

func init() {
	add("20261122000000_documents", documents)
}

// documents are settings without a table of their own. Clients gain the members that a dialect keeps for its callers only, an
// index for lists of the whole tenant, and a counter for the totals of those lists.
const documents = `
CREATE TABLE documents (
	tenant_id TEXT NOT NULL,
	kind TEXT NOT NULL,
	key TEXT NOT NULL,
	body TEXT NOT NULL DEFAULT '{}',
	sealed_secret TEXT NOT NULL DEFAULT '',
	version {int} NOT NULL DEFAULT 0,
	created_at {time} NOT NULL,
	updated_at {time} NOT NULL,
	PRIMARY KEY (tenant_id, kind, key)
)
;
ALTER TABLE clients ADD COLUMN stored TEXT NOT NULL DEFAULT '{}'
;
CREATE TABLE row_counts (
	tenant_id TEXT NOT NULL,
	name TEXT NOT NULL,
	n {int} NOT NULL DEFAULT 0,
	PRIMARY KEY (tenant_id, name)
)
;
INSERT INTO row_counts (tenant_id, name, n) SELECT tenant_id, 'clients', COUNT(*) FROM clients GROUP BY tenant_id
`
