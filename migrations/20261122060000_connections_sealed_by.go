package migrations

func init() {
	add("20261122060000_connections_sealed_by", connectionsSealedBy)
}

// connectionsSealedBy marks by which edition of the names of secrets the options of a connection were parted. The program seals what an
// earlier edition left in clear, which SQL cannot: the key is not in the database.
const connectionsSealedBy = `
ALTER TABLE connections ADD COLUMN sealed_by {int} NOT NULL DEFAULT 0
`
