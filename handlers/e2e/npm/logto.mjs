// The management client that Logto publishes, unchanged: only its base address is another.
import { createManagementApi } from "@logto/api/management";

const { base, client_id, client_secret } = JSON.parse(process.env.GATEHOUSE_TOOL);
const { apiClient: logto } = createManagementApi("default", { clientId: client_id, clientSecret: client_secret, baseUrl: base, apiIndicator: "https://default.logto.app/api" });

function check(ok, what) {
  if (!ok) throw new Error(what);
}

// done is the body of an answer that must have succeeded.
async function done(call) {
  const { data, error, response } = await call;
  check(response.ok, `${response.status} ${JSON.stringify(error)}`);
  return data;
}

// refused is the body of an answer that must not have.
async function refused(status, code, call) {
  const { error, response } = await call;
  check(response.status === status && error?.code === code, `expected ${status} ${code}, got ${response.status} ${JSON.stringify(error)}`);
  return error;
}

const body = { name: "Shop", type: "Traditional", oidcClientMetadata: { redirectUris: ["https://shop.example.com/callback"], postLogoutRedirectUris: [] } };
const made = await done(logto.POST("/api/applications", { body }));
check(made.id.length === 21 && made.tenantId === "default" && made.description === null, "the record has its shape: " + JSON.stringify(made));
const path = { id: made.id };
const read = await done(logto.GET("/api/applications/{id}", { params: { path } }));
check(read.isAdmin === false && read.oidcClientMetadata.redirectUris[0] === "https://shop.example.com/callback", "what was written is read back");
const changed = await done(logto.PATCH("/api/applications/{id}", { params: { path }, body: { name: "Store" } }));
check(changed.name === "Store" && changed.oidcClientMetadata.redirectUris.length === 1, "a patch changes what it names and nothing else");

// secrets
const first = await done(logto.GET("/api/applications/{id}/secrets", { params: { path } }));
check(first.length === 1 && first[0].name === "Default secret" && first[0].expiresAt === null, "a new application has a secret: " + JSON.stringify(first));
const second = await done(logto.POST("/api/applications/{id}/secrets", { params: { path }, body: { name: "Next" } }));
check(second.value && second.value !== first[0].value, "a second secret has another value");
await refused(422, "application.secret_name_exists", logto.POST("/api/applications/{id}/secrets", { params: { path }, body: { name: "Next" } }));
await done(logto.DELETE("/api/applications/{id}/secrets/{name}", { params: { path: { id: made.id, name: "Default secret" } } }));

// pages
for (let i = 0; i < 5; i++) await done(logto.POST("/api/applications", { body: { name: `Page ${i}`, type: "SPA" } }));
const page = await logto.GET("/api/applications", { params: { query: { page: 1, page_size: 2 } } });
const total = Number(page.response.headers.get("Total-Number"));
check(page.data.length === 2 && total >= 6, "a page tells its total: " + total);
const seen = new Set();
for (let n = 1; seen.size < total; n++) {
  const rows = await done(logto.GET("/api/applications", { params: { query: { page: n, page_size: 2 } } }));
  check(rows.length > 0, "paging ends early");
  for (const row of rows) seen.add(row.id);
}
check(seen.has(made.id), "paging meets every application");

// resources, scopes and roles
const api = await done(logto.POST("/api/resources", { body: { name: "Shop API", indicator: "https://api.shop.example.com" } }));
const scope = await done(logto.POST("/api/resources/{resourceId}/scopes", { params: { path: { resourceId: api.id } }, body: { name: "read:orders", description: "Read orders" } }));
const role = await done(logto.POST("/api/roles", { body: { name: "Reader", description: "Reads", type: "MachineToMachine", scopeIds: [scope.id] } }));
const machine = await done(logto.POST("/api/applications", { body: { name: "Robot", type: "MachineToMachine" } }));
await done(logto.POST("/api/applications/{applicationId}/roles", { params: { path: { applicationId: machine.id } }, body: { roleIds: [role.id] } }));
await refused(422, "resource.resource_identifier_in_use", logto.POST("/api/resources", { body: { name: "Again", indicator: "https://api.shop.example.com" } }));
const held = await done(logto.GET("/api/applications/{applicationId}/roles", { params: { path: { applicationId: machine.id } } }));
check(held.length === 1 && held[0].id === role.id, "the robot has the role: " + JSON.stringify(held));
const scopes = await logto.GET("/api/roles/{id}/scopes", { params: { path: { id: role.id } } });
check(scopes.data[0].resource.indicator === "https://api.shop.example.com" && scopes.response.headers.get("Total-Number") === "1", "scopes of a role name their resource");
const patched = await done(logto.PATCH("/api/resources/{resourceId}/scopes/{scopeId}", { params: { path: { resourceId: api.id, scopeId: scope.id } }, body: { description: "Look" } }));
check(patched.description === "Look" && patched.name === "read:orders", "a scope is described anew");
const found = await done(logto.GET("/api/roles", { params: { query: { search: "%Read%", "mode.name": "like" } } }));
check(found.length === 1 && found[0].applicationsCount === 1, "a role is found and counts who has it: " + JSON.stringify(found));
await refused(422, "role.name_in_use", logto.POST("/api/roles", { body: { name: "Reader", description: "Again" } }));
await refused(422, "application.invalid_type", logto.POST("/api/applications/{applicationId}/roles", { params: { path: { applicationId: made.id } }, body: { roleIds: [role.id] } }));
await done(logto.DELETE("/api/applications/{applicationId}/roles/{roleId}", { params: { path: { applicationId: machine.id, roleId: role.id } } }));
await done(logto.DELETE("/api/roles/{id}", { params: { path: { id: role.id } } }));
await done(logto.DELETE("/api/resources/{id}", { params: { path: { id: api.id } } }));
await refused(404, "entity.not_exists_with_id", logto.GET("/api/resources/{id}", { params: { path: { id: api.id } } }));

// connectors
const factories = await done(logto.GET("/api/connector-factories"));
check(factories.some((f) => f.id === "github-universal" && f.type === "Social"), "there are factories");
const connector = await done(logto.POST("/api/connectors", { body: { connectorId: "github-universal", config: { clientId: "a", clientSecret: "b" } } }));
const at = { params: { path: { id: connector.id } } };
await done(logto.PATCH("/api/connectors/{id}", { ...at, body: { config: { clientId: "c", clientSecret: "d" }, syncProfile: true } }));
const read2 = await done(logto.GET("/api/connectors/{id}", at));
check(read2.config.clientId === "c" && read2.syncProfile === true && read2.target === "github", "a connector is read back: " + JSON.stringify(read2.config));
const uri = await done(logto.POST("/api/connectors/{connectorId}/authorization-uri", { params: { path: { connectorId: connector.id } }, body: { state: "s", redirectUri: "https://shop.example.com/cb" } }));
check(uri.redirectTo.startsWith("https://github.com/") && uri.redirectTo.includes("client_id=c"), "it says where people sign in: " + uri.redirectTo);
await refused(422, "connector.multiple_instances_not_supported", logto.POST("/api/connectors", { body: { connectorId: "github-universal" } }));
await refused(400, "connector.invalid_config", logto.PATCH("/api/connectors/{id}", { ...at, body: { config: { clientId: 7 } } }));
await done(logto.DELETE("/api/connectors/{id}", at));
await refused(404, "entity.not_found", logto.GET("/api/connectors/{id}", at));

// hooks
const hook = await done(logto.POST("/api/hooks", { body: { name: "Roles", events: ["Role.Created"], config: { url: "https://hooks.example.com/in", headers: { "X-Key": "k" } } } }));
check(hook.signingKey.length === 32 && hook.enabled === true, "a hook has a key: " + JSON.stringify(hook));
const hookAt = { params: { path: { id: hook.id } } };
const rotated = await done(logto.PATCH("/api/hooks/{id}/signing-key", hookAt));
check(rotated.signingKey !== hook.signingKey, "the key is another one");
const off = await done(logto.PATCH("/api/hooks/{id}", { ...hookAt, body: { enabled: false, events: ["Role.Created", "Scope.Deleted"] } }));
check(off.enabled === false && off.events.length === 2 && off.config.headers["X-Key"] === "k", "a hook rests: " + JSON.stringify(off));
const logs = await done(logto.GET("/api/hooks/{id}/recent-logs", hookAt));
check(Array.isArray(logs) && logs.length === 0, "nothing was sent");
await refused(400, "guard.invalid_input", logto.POST("/api/hooks", { body: { events: ["Role.Exploded"], config: { url: "https://hooks.example.com" } } }));
await done(logto.DELETE("/api/hooks/{id}", hookAt));
await refused(404, "entity.not_found", logto.GET("/api/hooks/{id}", hookAt));

// the sign-in experience
const experience = await done(logto.PATCH("/api/sign-in-exp", { body: { color: { primaryColor: "#0F5F47", isDarkModeEnabled: true, darkPrimaryColor: "#5FD3A8" } } }));
check(experience.color.primaryColor.toUpperCase() === "#0F5F47", "the colour is read back: " + JSON.stringify(experience.color));

// what is refused
const wrong = await refused(400, "guard.invalid_input", logto.POST("/api/applications", { body: { name: "x", type: "Toaster" } }));
check(wrong.data.name === "ZodError" && wrong.data.issues[0].path.includes("type"), "the error names the member: " + JSON.stringify(wrong));
await refused(404, "entity.not_exists_with_id", logto.GET("/api/applications/{id}", { params: { path: { id: "nothing00000000000000" } } }));

// delete
await done(logto.DELETE("/api/applications/{id}", { params: { path } }));
await refused(404, "entity.not_exists_with_id", logto.GET("/api/applications/{id}", { params: { path } }));
console.log("ok");
