package migrations

func init() {
	add("20261121190000_core", core)
}

// core is the tenant, what it owns, and the books that every feature keeps.
const core = `
CREATE TABLE data_keys (
	class TEXT PRIMARY KEY,
	sealed TEXT NOT NULL DEFAULT '',
	master_version {int} NOT NULL DEFAULT 0,
	created_at {time} NOT NULL
)
;
CREATE TABLE tenants (
	id TEXT PRIMARY KEY,
	name TEXT NOT NULL DEFAULT '',
	secrets TEXT NOT NULL DEFAULT '',
	transmit_envelope BOOLEAN NOT NULL DEFAULT FALSE,
	transmit_webauthn BOOLEAN NOT NULL DEFAULT FALSE,
	default_audience TEXT NOT NULL DEFAULT '',
	access_token_lifetime_seconds {int} NOT NULL DEFAULT 0,
	support_email TEXT NOT NULL DEFAULT '',
	support_url TEXT NOT NULL DEFAULT '',
	version {int} NOT NULL DEFAULT 0,
	created_at {time} NOT NULL,
	updated_at {time} NOT NULL
)
;
CREATE TABLE applications (
	id TEXT PRIMARY KEY,
	tenant_id TEXT NOT NULL DEFAULT '',
	kind TEXT NOT NULL DEFAULT '',
	type TEXT NOT NULL DEFAULT '',
	implicit BOOLEAN NOT NULL DEFAULT FALSE,
	name TEXT NOT NULL DEFAULT '',
	description TEXT NOT NULL DEFAULT '',
	logo_uri TEXT NOT NULL DEFAULT '',
	framework TEXT NOT NULL DEFAULT '',
	owner TEXT NOT NULL DEFAULT '',
	tags TEXT NOT NULL DEFAULT '[]',
	disabled BOOLEAN NOT NULL DEFAULT FALSE,
	management_faces TEXT NOT NULL DEFAULT '[]',
	allow_public_signup BOOLEAN NOT NULL DEFAULT FALSE,
	login_uri TEXT NOT NULL DEFAULT '',
	hub TEXT NOT NULL DEFAULT '{}',
	signing_key_enabled BOOLEAN NOT NULL DEFAULT FALSE,
	invite_member_uri TEXT NOT NULL DEFAULT '',
	invite_client_id TEXT NOT NULL DEFAULT '',
	invite_email_expiration_minutes {int} NOT NULL DEFAULT 0,
	subdomain TEXT NOT NULL DEFAULT '',
	custom_domain TEXT NOT NULL DEFAULT '',
	custom_domain_status TEXT NOT NULL DEFAULT '',
	language TEXT NOT NULL DEFAULT '',
	password_sharing_group_id TEXT NOT NULL DEFAULT '',
	service_providers TEXT NOT NULL DEFAULT '[]',
	refresh_invalidation TEXT NOT NULL DEFAULT '{}',
	custom_data TEXT NOT NULL DEFAULT '{}',
	default_client_id TEXT NOT NULL DEFAULT '',
	created_by TEXT NOT NULL DEFAULT '',
	version {int} NOT NULL DEFAULT 0,
	created_at {time} NOT NULL,
	updated_at {time} NOT NULL
)
;
CREATE INDEX applications_created ON applications (tenant_id, created_at, id)
;
CREATE INDEX applications_name ON applications (tenant_id, name, id)
;
CREATE INDEX applications_kind ON applications (tenant_id, kind, created_at, id)
;
CREATE TABLE clients (
	id TEXT PRIMARY KEY,
	tenant_id TEXT NOT NULL DEFAULT '',
	application_id TEXT NOT NULL DEFAULT '',
	name TEXT NOT NULL DEFAULT '',
	description TEXT NOT NULL DEFAULT '',
	protocol TEXT NOT NULL DEFAULT '',
	profile TEXT NOT NULL DEFAULT '',
	is_default BOOLEAN NOT NULL DEFAULT FALSE,
	disabled BOOLEAN NOT NULL DEFAULT FALSE,
	logo_uri TEXT NOT NULL DEFAULT '',
	redirect_uris TEXT NOT NULL DEFAULT '[]',
	redirect_uri_match TEXT NOT NULL DEFAULT '',
	post_logout_redirect_uris TEXT NOT NULL DEFAULT '[]',
	allowed_origins TEXT NOT NULL DEFAULT '[]',
	web_origins TEXT NOT NULL DEFAULT '[]',
	initiate_login_uri TEXT NOT NULL DEFAULT '',
	backchannel_logout_uri TEXT NOT NULL DEFAULT '',
	backchannel_logout_session_required BOOLEAN NOT NULL DEFAULT FALSE,
	grant_types TEXT NOT NULL DEFAULT '[]',
	response_types TEXT NOT NULL DEFAULT '[]',
	pkce TEXT NOT NULL DEFAULT '',
	token_endpoint_auth_method TEXT NOT NULL DEFAULT '',
	jwks TEXT,
	jwks_uri TEXT NOT NULL DEFAULT '',
	tls_client_auth TEXT NOT NULL DEFAULT '{}',
	require_pushed_authorization_requests BOOLEAN NOT NULL DEFAULT FALSE,
	tls_client_certificate_bound_access_tokens BOOLEAN NOT NULL DEFAULT FALSE,
	dpop_bound_access_tokens BOOLEAN NOT NULL DEFAULT FALSE,
	fapi_profile TEXT NOT NULL DEFAULT '',
	id_token_signed_response_alg TEXT NOT NULL DEFAULT '',
	id_token_encryption TEXT NOT NULL DEFAULT '{}',
	access_token_lifetime_seconds {int},
	id_token_lifetime_seconds {int},
	session_lifetime_seconds {int},
	refresh_token TEXT NOT NULL DEFAULT '{}',
	supported_prompts TEXT NOT NULL DEFAULT '[]',
	default_custom_claims TEXT NOT NULL DEFAULT '[]',
	default_user_info_claims TEXT NOT NULL DEFAULT '[]',
	sync_id_token_claims_to_userinfo BOOLEAN NOT NULL DEFAULT FALSE,
	cookie_same_site TEXT NOT NULL DEFAULT '',
	resources TEXT NOT NULL DEFAULT '[]',
	allowed_scopes TEXT NOT NULL DEFAULT '[]',
	role_ids TEXT NOT NULL DEFAULT '[]',
	client_group_id TEXT NOT NULL DEFAULT '',
	third_party BOOLEAN NOT NULL DEFAULT FALSE,
	consent TEXT NOT NULL DEFAULT '{}',
	device TEXT NOT NULL DEFAULT '{}',
	ciba TEXT NOT NULL DEFAULT '{}',
	saml TEXT NOT NULL DEFAULT '{}',
	saml_entity_id TEXT NOT NULL DEFAULT '',
	metadata TEXT NOT NULL DEFAULT '{}',
	version {int} NOT NULL DEFAULT 0,
	created_at {time} NOT NULL,
	updated_at {time} NOT NULL,
	FOREIGN KEY (application_id) REFERENCES applications (id)
)
;
CREATE INDEX clients_application ON clients (application_id, created_at, id)
;
CREATE INDEX clients_created ON clients (tenant_id, created_at, id)
;
CREATE UNIQUE INDEX clients_default ON clients (application_id) WHERE is_default
;
CREATE UNIQUE INDEX clients_saml_entity ON clients (tenant_id, saml_entity_id) WHERE saml_entity_id <> ''
;
CREATE TABLE credentials (
	id TEXT PRIMARY KEY,
	tenant_id TEXT NOT NULL DEFAULT '',
	application_id TEXT NOT NULL DEFAULT '',
	client_id TEXT NOT NULL DEFAULT '',
	kind TEXT NOT NULL DEFAULT '',
	name TEXT NOT NULL DEFAULT '',
	prefix TEXT NOT NULL DEFAULT '',
	last_four TEXT NOT NULL DEFAULT '',
	sealed TEXT,
	hash TEXT,
	public_jwk TEXT,
	certificate TEXT NOT NULL DEFAULT '',
	thumbprint TEXT NOT NULL DEFAULT '',
	is_primary BOOLEAN NOT NULL DEFAULT FALSE,
	rotation_id TEXT NOT NULL DEFAULT '',
	expires_at {time},
	revoked_at {time},
	created_by TEXT NOT NULL DEFAULT '',
	created_at {time} NOT NULL,
	FOREIGN KEY (client_id) REFERENCES clients (id)
)
;
CREATE INDEX credentials_client ON credentials (client_id, created_at, id)
;
CREATE UNIQUE INDEX credentials_name ON credentials (client_id, name)
;
CREATE UNIQUE INDEX credentials_hash ON credentials (hash)
;
CREATE UNIQUE INDEX credentials_primary ON credentials (client_id, kind) WHERE is_primary
;
CREATE INDEX credentials_expiry ON credentials (expires_at) WHERE revoked_at IS NULL
;
CREATE TABLE usages (
	object_kind TEXT NOT NULL,
	object_id TEXT NOT NULL,
	last_used_at {time} NOT NULL,
	last_ip TEXT NOT NULL DEFAULT '',
	count {int} NOT NULL DEFAULT 0,
	PRIMARY KEY (object_kind, object_id)
)
;
CREATE INDEX usages_used ON usages (object_kind, last_used_at)
;
CREATE TABLE events (
	id TEXT PRIMARY KEY,
	tenant_id TEXT NOT NULL DEFAULT '',
	at {time} NOT NULL,
	type TEXT NOT NULL DEFAULT '',
	outcome TEXT NOT NULL DEFAULT '',
	reason TEXT NOT NULL DEFAULT '',
	actor_kind TEXT NOT NULL DEFAULT '',
	actor_id TEXT NOT NULL DEFAULT '',
	actor_name TEXT NOT NULL DEFAULT '',
	object_kind TEXT NOT NULL DEFAULT '',
	object_id TEXT NOT NULL DEFAULT '',
	object_name TEXT NOT NULL DEFAULT '',
	application_id TEXT NOT NULL DEFAULT '',
	face TEXT NOT NULL DEFAULT '',
	ip TEXT NOT NULL DEFAULT '',
	agent TEXT NOT NULL DEFAULT '',
	request_id TEXT NOT NULL DEFAULT '',
	detail TEXT,
	detail_hash TEXT NOT NULL DEFAULT '',
	seq {int},
	link TEXT
)
;
CREATE INDEX events_at ON events (tenant_id, at, id)
;
CREATE UNIQUE INDEX events_seq ON events (seq)
;
CREATE INDEX events_object ON events (object_id, at)
;
CREATE INDEX events_application ON events (application_id, at) WHERE application_id <> ''
;
CREATE INDEX events_actor ON events (actor_id, at)
;
CREATE INDEX events_unsealed ON events (at, id) WHERE seq IS NULL
;
CREATE TABLE idempotency_keys (
	actor_id TEXT NOT NULL,
	route TEXT NOT NULL,
	key TEXT NOT NULL,
	body_hash TEXT NOT NULL,
	status {int} NOT NULL DEFAULT 0,
	answer TEXT NOT NULL DEFAULT '',
	created_at {time} NOT NULL,
	PRIMARY KEY (actor_id, route, key)
)
;
CREATE TABLE cache_generation (generation {int} NOT NULL)
;
INSERT INTO cache_generation (generation) VALUES (0)
`
