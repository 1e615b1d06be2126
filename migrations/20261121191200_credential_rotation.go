package migrations

func init() {
	add("20261121191200_credential_rotation", `
ALTER TABLE credentials ADD COLUMN prior_expires_at {time}
`)
}
