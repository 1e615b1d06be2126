package migrations

func init() {
	add("20261122010000_resources", resources)
}

// resources is the APIs that tokens are for, their scopes, roles over them, and what each client was granted. What belongs to
// a resource, a role or a client goes with it.
const resources = `
CREATE TABLE resources (
	id TEXT PRIMARY KEY,
	tenant_id TEXT NOT NULL DEFAULT '',
	identifier TEXT NOT NULL DEFAULT '',
	name TEXT NOT NULL DEFAULT '',
	description TEXT NOT NULL DEFAULT '',
	system TEXT NOT NULL DEFAULT '',
	signing_alg TEXT NOT NULL DEFAULT '',
	access_token_lifetime_seconds {int},
	web_lifetime_seconds {int},
	allow_offline_access BOOLEAN NOT NULL DEFAULT FALSE,
	skip_consent BOOLEAN NOT NULL DEFAULT FALSE,
	sealed_secret TEXT NOT NULL DEFAULT '',
	stored TEXT NOT NULL DEFAULT '{}',
	version {int} NOT NULL DEFAULT 0,
	created_at {time} NOT NULL,
	updated_at {time} NOT NULL
)
;
CREATE UNIQUE INDEX resources_identifier ON resources (tenant_id, identifier)
;
CREATE INDEX resources_created ON resources (tenant_id, created_at, id)
;
CREATE TABLE scopes (
	id TEXT PRIMARY KEY,
	tenant_id TEXT NOT NULL DEFAULT '',
	resource_id TEXT NOT NULL,
	name TEXT NOT NULL DEFAULT '',
	description TEXT NOT NULL DEFAULT '',
	position {int} NOT NULL DEFAULT 0,
	created_at {time} NOT NULL,
	FOREIGN KEY (resource_id) REFERENCES resources (id) ON DELETE CASCADE
)
;
CREATE UNIQUE INDEX scopes_name ON scopes (resource_id, name)
;
CREATE INDEX scopes_position ON scopes (resource_id, position, id)
;
CREATE TABLE roles (
	id TEXT PRIMARY KEY,
	tenant_id TEXT NOT NULL DEFAULT '',
	name TEXT NOT NULL DEFAULT '',
	description TEXT NOT NULL DEFAULT '',
	kind TEXT NOT NULL DEFAULT '',
	is_default BOOLEAN NOT NULL DEFAULT FALSE,
	system TEXT NOT NULL DEFAULT '',
	stored TEXT NOT NULL DEFAULT '{}',
	version {int} NOT NULL DEFAULT 0,
	created_at {time} NOT NULL,
	updated_at {time} NOT NULL
)
;
CREATE UNIQUE INDEX roles_name ON roles (tenant_id, name)
;
CREATE INDEX roles_created ON roles (tenant_id, created_at, id)
;
CREATE TABLE role_scopes (
	role_id TEXT NOT NULL,
	scope_id TEXT NOT NULL,
	position {int} NOT NULL DEFAULT 0,
	PRIMARY KEY (role_id, scope_id),
	FOREIGN KEY (role_id) REFERENCES roles (id) ON DELETE CASCADE,
	FOREIGN KEY (scope_id) REFERENCES scopes (id) ON DELETE CASCADE
)
;
CREATE INDEX role_scopes_scope ON role_scopes (scope_id)
;
CREATE TABLE client_roles (
	client_id TEXT NOT NULL,
	role_id TEXT NOT NULL,
	created_at {time} NOT NULL,
	PRIMARY KEY (client_id, role_id),
	FOREIGN KEY (client_id) REFERENCES clients (id) ON DELETE CASCADE,
	FOREIGN KEY (role_id) REFERENCES roles (id) ON DELETE CASCADE
)
;
CREATE INDEX client_roles_role ON client_roles (role_id, created_at, client_id)
;
CREATE TABLE client_grants (
	id TEXT PRIMARY KEY,
	tenant_id TEXT NOT NULL DEFAULT '',
	client_id TEXT,
	resource_id TEXT NOT NULL,
	subject_type TEXT NOT NULL DEFAULT '',
	default_for TEXT NOT NULL DEFAULT '',
	all_scopes BOOLEAN NOT NULL DEFAULT FALSE,
	stored TEXT NOT NULL DEFAULT '{}',
	version {int} NOT NULL DEFAULT 0,
	created_at {time} NOT NULL,
	updated_at {time} NOT NULL,
	FOREIGN KEY (client_id) REFERENCES clients (id) ON DELETE CASCADE,
	FOREIGN KEY (resource_id) REFERENCES resources (id) ON DELETE CASCADE
)
;
CREATE UNIQUE INDEX client_grants_client ON client_grants (client_id, resource_id, subject_type) WHERE client_id IS NOT NULL
;
CREATE UNIQUE INDEX client_grants_default ON client_grants (tenant_id, default_for, resource_id, subject_type) WHERE client_id IS NULL
;
CREATE INDEX client_grants_resource ON client_grants (resource_id, created_at, id)
;
CREATE INDEX client_grants_created ON client_grants (tenant_id, created_at, id)
;
CREATE TABLE client_grant_scopes (
	grant_id TEXT NOT NULL,
	scope_id TEXT NOT NULL,
	position {int} NOT NULL DEFAULT 0,
	PRIMARY KEY (grant_id, scope_id),
	FOREIGN KEY (grant_id) REFERENCES client_grants (id) ON DELETE CASCADE,
	FOREIGN KEY (scope_id) REFERENCES scopes (id) ON DELETE CASCADE
)
;
CREATE INDEX client_grant_scopes_scope ON client_grant_scopes (scope_id)
`
