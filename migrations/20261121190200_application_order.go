package migrations

func init() {
	add("20261121190200_application_order", `
CREATE INDEX applications_name_key ON applications (tenant_id, LOWER(name), id)
;
CREATE UNIQUE INDEX applications_hub ON applications (tenant_id) WHERE hub LIKE '{"is_centralized":true%'
`)
}
