package migrations

func init() {
	add("20261122050000_client_profiles", clientProfiles)
}

// clientProfiles lets lists of clients by profile be counted without reading the clients: some consoles never ask for a list
// without naming profiles.
const clientProfiles = `
CREATE INDEX clients_profile ON clients (tenant_id, profile, third_party, created_at, id)
`
