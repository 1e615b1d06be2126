// The management client that Auth0 publishes for Node.js, unchanged: only its domain is another.
import { ManagementClient, ManagementError } from "auth0";

const { domain, client_id, client_secret } = JSON.parse(process.env.GATEHOUSE_TOOL);
const auth0 = new ManagementClient({ domain, clientId: client_id, clientSecret: client_secret });

function check(ok, what) {
  if (!ok) throw new Error(what);
}

// fails runs what must be refused and gives the error that the client made of the answer.
async function fails(status, call) {
  try {
    await call();
  } catch (error) {
    check(error instanceof ManagementError && error.statusCode === status, `expected ${status}, got: ${error}`);
    return error;
  }
  throw new Error(`expected ${status}, and it succeeded`);
}

// create, read, update, rotate
const made = await auth0.clients.create({ name: "Shop", app_type: "regular_web", callbacks: ["https://shop.example.com/callback"] });
check(made.client_id && made.client_secret, "a new client has an id and a secret");
check(made.callbacks[0] === "https://shop.example.com/callback", "callbacks are read back");
const renamed = await auth0.clients.update(made.client_id, { name: "Store", description: "Sells things" });
check(renamed.name === "Store" && renamed.callbacks.length === 1, "an update changes what it names and nothing else");
const rotated = await auth0.clients.rotateSecret(made.client_id);
check(rotated.client_secret && rotated.client_secret !== made.client_secret, "rotation gives another secret");
const projected = await auth0.clients.get(made.client_id, { fields: "name", include_fields: true });
check(Object.keys(projected).join() === "name", "fields chooses members: " + Object.keys(projected));

// pages
for (let i = 0; i < 5; i++) await auth0.clients.create({ name: `Page ${i}`, app_type: "spa" });
const seen = [];
let page = await auth0.clients.list({ per_page: 2, page: 0, include_totals: true });
check(page.response.total >= 6 && page.data.length === 2, "a page tells its total");
for await (const client of page) seen.push(client.client_id);
check(seen.length === new Set(seen).size && seen.includes(made.client_id), "paging meets every client once: " + seen.length);

// resources and grants
const api = await auth0.resourceServers.create({ identifier: "https://api.shop.example.com", name: "Shop API", scopes: [{ value: "read:orders", description: "Read orders" }] });
check(api.id && api.scopes[0].value === "read:orders", "a resource server is read back");
const grant = await auth0.clientGrants.create({ client_id: made.client_id, audience: api.identifier, scope: ["read:orders"] });
check(grant.id.startsWith("cgr_"), "a client grant has its prefix");
await auth0.clientGrants.delete(grant.id);
await auth0.resourceServers.delete(api.id);

// connections
const connection = await auth0.connections.create({ name: "people", strategy: "auth0" });
check(connection.id.startsWith("con_"), "a connection has its prefix");
await auth0.connections.delete(connection.id);

// what is refused
const wrong = await fails(400, () => auth0.clients.create({ name: "" }));
check(wrong.body.statusCode === 400 && wrong.body.errorCode === "invalid_body" && wrong.body.message.includes("name"), "the error names the member: " + JSON.stringify(wrong.body));
await fails(400, () => auth0.clients.create({ name: "x", app_type: "toaster" }));
const missing = await fails(404, () => auth0.clients.get("nothing0000000000000000000000000"));
check(missing.body.errorCode === "inexistent_client", "a missing client has its word: " + JSON.stringify(missing.body));

// delete
await auth0.clients.delete(made.client_id);
await fails(404, () => auth0.clients.get(made.client_id));
console.log("ok");
