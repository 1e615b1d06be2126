package migrations

func init() { add("20261121191300_audit_chain", auditChain) }

// auditChain is where the chain of the audit log stands, and where it stood at checkpoints.
const auditChain = `
CREATE TABLE audit_checkpoints (
	seq {int} PRIMARY KEY,
	link TEXT NOT NULL,
	mac TEXT NOT NULL,
	created_at {time} NOT NULL
)
;
CREATE TABLE audit_head (
	id {int} PRIMARY KEY,
	seq {int} NOT NULL,
	link TEXT NOT NULL,
	mac TEXT NOT NULL,
	sealed_at {time} NOT NULL
)
`
