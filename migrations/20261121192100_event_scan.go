package migrations

func init() { add("20261121192100_event_scan", eventScan) }

// eventScan lets the filters that choose few rows of many, a face or a part of a name, look through the log in one narrow index
// instead of its wide rows.
const eventScan = `
DROP INDEX events_at
;
CREATE INDEX events_at ON events (tenant_id, at, id, face, actor_name, object_name)
`
