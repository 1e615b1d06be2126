package dbtest

import (
	"flag"
	"os"
	"strings"
	"testing"

	"gatehouse/models"
)

var update = flag.Bool("update", false, "write testdata/schema.*.txt anew")

// The schema that the migrations end with is a file for each database, so that a review sees what a step leaves behind.
func TestTheMigrationsEndWithTheSchemaOnFile(t *testing.T) {
	Each(t, func(t *testing.T, db models.DB, _ *models.Vault) {
		file, got := "testdata/schema.sqlite.txt", ""
		if db.Postgres {
			file = "testdata/schema.postgres.txt"
		}
		got = described(t, db)
		if *update {
			must(t, os.WriteFile(file, []byte(got), 0o644))
		}
		want, err := os.ReadFile(file)
		must(t, err)
		is, should := lines(got), lines(string(want))
		for line := range is {
			if !should[line] {
				t.Errorf("not in %s: %s", file, line)
			}
		}
		for line := range should {
			if !is[line] {
				t.Errorf("only in %s: %s", file, line)
			}
		}
	})
}

func lines(text string) map[string]bool {
	out := map[string]bool{}
	for line := range strings.Lines(text) {
		out[strings.TrimSpace(line)] = true
	}
	return out
}

// described tells the columns and indexes of a database, a line each.
func described(t *testing.T, db models.DB) string {
	t.Helper()
	sql := `SELECT m.name || '.' || c.name || ' ' || c.type || CASE WHEN c."notnull" THEN ' NOT NULL' ELSE '' END ||
			COALESCE(' DEFAULT ' || c.dflt_value, '') || CASE WHEN c.pk > 0 THEN ' PRIMARY KEY ' || c.pk ELSE '' END
			FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table'
		UNION ALL SELECT sql FROM sqlite_schema WHERE type NOT IN ('table') AND sql IS NOT NULL ORDER BY 1`
	if db.Postgres {
		sql = `SELECT table_name || '.' || column_name || ' ' || data_type || CASE WHEN is_nullable = 'NO' THEN ' NOT NULL' ELSE '' END ||
			COALESCE(' DEFAULT ' || column_default, '') FROM information_schema.columns WHERE table_schema = CURRENT_SCHEMA()
			UNION ALL SELECT REPLACE(indexdef, schemaname || '.', '') FROM pg_indexes WHERE schemaname = CURRENT_SCHEMA() ORDER BY 1`
	}
	var out []string
	must(t, db.Read.NewRaw(sql).Scan(Context(t), &out))
	for i := range out {
		out[i] = strings.Join(strings.Fields(out[i]), " ")
	}
	return strings.Join(out, "\n") + "\n"
}
