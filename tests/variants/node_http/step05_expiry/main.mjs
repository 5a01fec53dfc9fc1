// Step 5 in another language: Node, and what comes with it.

import { createHmac, scrypt, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import { promisify } from "node:util";

const KEY = "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7";
const HALF_AN_HOUR = 30 * 60; // seconds
const CHALLENGE = { "WWW-Authenticate": "Bearer" };

// Node has no bcrypt, and HTTP doesn't show which slow hash it is.
const HASHES = new Map([
  ["johndoe", "NuavhQrYpuWLTnhRNvit1w.3mMRLZwMGmlajxCwMnEWCDM5yN-6bKLIK8INGyCWvqg"],
  ["alice", "NMWLoRM9JKNXm4iZQrN_NQ.Ze50dGYZehtsSN3EEU5IGLkxZWjzGyhwxOUayXLcmVc"],
]);
const RECORDS = new Map(
  [
    ["johndoe", "John Doe", false],
    ["alice", "Alice Wonderson", true],
  ].map(([username, full_name, disabled]) => [
    username,
    { username, email: `${username}@example.com`, full_name, disabled },
  ]),
);

class Refusal extends Error {
  constructor(status, detail, headers = {}) {
    super(detail);
    Object.assign(this, { status, headers });
  }
}

// Passwords

async function isPassword(username, password) {
  const [salt, hash] = (HASHES.get(username) ?? "").split(".");
  // scrypt's HMAC fills a key up with NULs: `secret` and `secret\0` have one hash.
  if (!hash || password.includes("\0")) return false;
  const raw = await promisify(scrypt)(password, Buffer.from(salt, "base64url"), 32);
  return isSame(raw.toString("base64url"), hash);
}

// It takes as long for a wrong text as for the right one.
function isSame(text, right) {
  const [one, other] = [Buffer.from(text), Buffer.from(right)];
  return one.length === other.length && timingSafeEqual(one, other);
}

// Tokens

const encode = (part) => Buffer.from(JSON.stringify(part)).toString("base64url");
const decode = (part) => JSON.parse(Buffer.from(part, "base64url"));
const signature = (text) => createHmac("sha256", KEY).update(text).digest("base64url");
const now = () => Date.now() / 1000;

function tokenFor(username) {
  const exp = Math.ceil(now()) + HALF_AN_HOUR;
  const signed = `${encode({ alg: "HS256", typ: "JWT" })}.${encode({ sub: username, exp })}`;
  return `${signed}.${signature(signed)}`;
}

// The record of a good token's user, and nothing for every other token.
function recordOf(token) {
  const [header, payload, last, ...more] = token.split(".");
  if (more.length || !isSame(last ?? "", signature(`${header}.${payload}`))) return;
  try {
    const { alg, crit } = decode(header);
    const { sub, exp } = decode(payload);
    if (alg !== "HS256" || crit !== undefined) return;
    if (typeof exp === "number" && now() < exp) return RECORDS.get(sub);
  } catch {
    // It isn't JSON, or it's `null`, which has no fields.
  }
}

// Answers

async function logIn(request) {
  const [kind] = (request.headers["content-type"] ?? "").split(";");
  const isForm = kind.trim().toLowerCase() === "application/x-www-form-urlencoded";
  let body = "";
  for await (const piece of request.setEncoding("utf8")) body += piece;
  const form = new URLSearchParams(isForm ? body : "");
  const [username, password] = [form.get("username"), form.get("password")];
  if (!username || !password || !["", "password", null].includes(form.get("grant_type")))
    throw new Refusal(422, "a form with username and password, grant_type password");
  if (!(await isPassword(username, password)))
    throw new Refusal(401, "Incorrect username or password", CHALLENGE);
  return { access_token: tokenFor(username), token_type: "bearer" };
}

function activeUser(request) {
  const [, token] = /^bearer +(.+)$/i.exec(request.headers.authorization ?? "") ?? [];
  if (!token) throw new Refusal(401, "Not authenticated", CHALLENGE);
  const record = recordOf(token);
  if (!record) throw new Refusal(401, "Could not validate credentials", CHALLENGE);
  if (record.disabled) throw new Refusal(400, "Inactive user");
  return record;
}

// Documents

const guarded = {
  security: [{ password: [] }],
  responses: { 200: { description: "What is the user's" } },
};
const text = { type: "string" };
const fields = {
  type: "object",
  required: ["username", "password"],
  properties: { username: text, password: text },
};
const OPENAPI = {
  openapi: "3.1.0",
  info: { title: "Accounts", version: "1" },
  paths: {
    "/token": {
      post: {
        requestBody: { content: { "application/x-www-form-urlencoded": { schema: fields } } },
        responses: { 200: { description: "A token" } },
      },
    },
    "/users/me/": { get: guarded },
    "/users/me/items/": { get: guarded },
  },
  components: {
    securitySchemes: {
      password: { type: "oauth2", flows: { password: { tokenUrl: "token", scopes: {} } } },
    },
  },
};
const SWAGGER_UI = "https://cdn.jsdelivr.net/npm/swagger-ui-dist@5/swagger-ui";
const DOCS = `<!doctype html>
<link rel="stylesheet" href="${SWAGGER_UI}.css">
<div id="ui"></div>
<script src="${SWAGGER_UI}-bundle.js"></script>
<script>SwaggerUIBundle({ url: "/openapi.json", dom_id: "#ui" })</script>`;

// The server

const ROUTES = {
  "GET /docs": () => DOCS,
  "GET /openapi.json": () => OPENAPI,
  "POST /token": logIn,
  "GET /users/me/": activeUser,
  "GET /users/me/items/": (request) => [
    { item_id: "Foo", owner: activeUser(request).username },
  ],
};

async function answer(request) {
  const route = ROUTES[`${request.method} ${request.url.split("?")[0]}`];
  if (!route) throw new Refusal(404, "Not Found");
  return route(request);
}

const server = createServer(async (request, response) => {
  let [status, headers, body] = [200, {}, undefined];
  try {
    body = await answer(request);
  } catch (error) {
    ({ status = 500, headers = {} } = error);
    body = { detail: status === 500 ? "Internal Server Error" : error.message };
  }
  const [kind, said] =
    typeof body === "string" ? ["text/html", body] : ["application/json", JSON.stringify(body)];
  response.writeHead(status, { "Content-Type": kind, ...headers }).end(said);
});

server.listen(0, "127.0.0.1", () => console.log(server.address().port));
