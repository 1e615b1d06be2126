package migrations

func init() { add("20261121192200_search", search) }

// search lets the command palette find things by how their names begin.
const search = `
CREATE INDEX clients_name_key ON clients (tenant_id, LOWER(name), id)
;
CREATE INDEX administrators_name_key ON administrators (tenant_id, LOWER(name), id)
;
CREATE INDEX credentials_prefix ON credentials (tenant_id, prefix) WHERE kind = 'secret'
`
