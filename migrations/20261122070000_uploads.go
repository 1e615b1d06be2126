package migrations

func init() {
	add("20261122070000_uploads", uploads)
}

// uploads are files, kept as they came. The content is the last column: what stands behind it could be read only by way of it.
// Archives of pages were documents, in base64, that nothing served and no release has made; they go, and so does the one place that
// named them.
const uploads = `
CREATE TABLE uploads (
	id TEXT PRIMARY KEY,
	tenant_id TEXT NOT NULL,
	kind TEXT NOT NULL,
	name TEXT NOT NULL DEFAULT '',
	media_type TEXT NOT NULL DEFAULT '',
	sha256 TEXT NOT NULL,
	bytes {int} NOT NULL,
	created_by TEXT NOT NULL DEFAULT '',
	created_at {time} NOT NULL,
	named_at {time},
	content {blob} NOT NULL
)
;
DELETE FROM documents WHERE kind = 'custom_ui_assets'
;
UPDATE documents SET
	{sqlite} body = json_remove(body, '$.customUiAssets')
	{postgres} body = (body::jsonb - 'customUiAssets')::text
	WHERE kind = 'sign_in_experience' AND body LIKE '%"customUiAssets":{%'
`
