package migrations

func init() {
	add("20261121190400_experience", experience)
}

// experience is the sign-in experience in layers, its history and drafts, and the connections that it offers. What belongs to
// an application goes with it.
const experience = `
CREATE TABLE experience_layers (
	id TEXT PRIMARY KEY,
	tenant_id TEXT NOT NULL DEFAULT '',
	application_id TEXT,
	settings TEXT NOT NULL DEFAULT '{}',
	number {int} NOT NULL DEFAULT 0,
	updated_at {time} NOT NULL,
	updated_by TEXT NOT NULL DEFAULT '',
	FOREIGN KEY (application_id) REFERENCES applications (id) ON DELETE CASCADE
)
;
CREATE INDEX experience_layers_application ON experience_layers (application_id)
;
CREATE TABLE experience_versions (
	layer_id TEXT NOT NULL,
	number {int} NOT NULL,
	settings TEXT NOT NULL DEFAULT '{}',
	css_hash TEXT NOT NULL DEFAULT '',
	restored {int} NOT NULL DEFAULT 0,
	face TEXT NOT NULL DEFAULT '',
	created_by TEXT NOT NULL DEFAULT '',
	created_at {time} NOT NULL,
	PRIMARY KEY (layer_id, number),
	FOREIGN KEY (layer_id) REFERENCES experience_layers (id) ON DELETE CASCADE
)
;
CREATE INDEX experience_versions_css ON experience_versions (css_hash) WHERE css_hash <> ''
;
CREATE TABLE experience_drafts (
	layer_id TEXT PRIMARY KEY,
	base {int} NOT NULL DEFAULT 0,
	settings TEXT NOT NULL DEFAULT '{}',
	css_hash TEXT NOT NULL DEFAULT '',
	version {int} NOT NULL DEFAULT 0,
	updated_by TEXT NOT NULL DEFAULT '',
	updated_at {time} NOT NULL,
	FOREIGN KEY (layer_id) REFERENCES experience_layers (id) ON DELETE CASCADE
)
;
CREATE INDEX experience_drafts_css ON experience_drafts (css_hash) WHERE css_hash <> ''
;
CREATE TABLE connections (
	id TEXT PRIMARY KEY,
	tenant_id TEXT NOT NULL DEFAULT '',
	application_id TEXT,
	strategy TEXT NOT NULL DEFAULT '',
	name TEXT NOT NULL DEFAULT '',
	position {int} NOT NULL DEFAULT 0,
	settings TEXT NOT NULL DEFAULT '{}',
	sealed_secret TEXT NOT NULL DEFAULT '',
	version {int} NOT NULL DEFAULT 0,
	created_at {time} NOT NULL,
	updated_at {time} NOT NULL,
	FOREIGN KEY (application_id) REFERENCES applications (id) ON DELETE CASCADE
)
;
CREATE INDEX connections_application ON connections (application_id, strategy, position)
;
CREATE INDEX connections_created ON connections (tenant_id, created_at, id)
;
CREATE UNIQUE INDEX connections_place ON connections (application_id, strategy, position) WHERE application_id IS NOT NULL
`
