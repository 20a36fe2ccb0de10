/** The HTTP interface, in-process: stand-ins for both servers, and servers that fail. */
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import type { FastifyInstance } from "fastify";
import { pino } from "pino";
import { memoryCache, memoryStore } from "../dev/memory.ts";
import { buildApp, type Dependencies } from "../src/app.ts";
import type { Cache } from "../src/cache.ts";
import { type NoteStore, StoreUnavailable } from "../src/note.ts";

const started: FastifyInstance[] = [];

afterEach(async () => {
  for (const app of started.splice(0)) await app.close();
});

async function appWith(dependencies: Partial<Dependencies> = {}): Promise<FastifyInstance> {
  const log = pino({ write() {} });
  const app = await buildApp({ store: memoryStore(), cache: memoryCache(), ...dependencies }, log);
  started.push(app);
  return app;
}

const failing = async (): Promise<never> => {
  throw new Error("connection refused");
};
const hanging = (): Promise<never> => new Promise(() => {});
const close = async (): Promise<void> => {};

const deadCache: Cache = { get: failing, set: failing, ping: failing, close };
const deadStore: NoteStore = {
  add: async () => Promise.reject(new StoreUnavailable(new Error("connection refused"))),
  find: async () => Promise.reject(new StoreUnavailable(new Error("connection refused"))),
  newest: async () => Promise.reject(new Error("a defect that names mydb's insides")),
  ping: failing,
  close,
};

const NOTE = { title: "Milk", body: "two litres" };
const ABSENT = "00000000-0000-4000-8000-000000000000";

test("GET /health answers exactly this, even when both servers are down", async () => {
  const app = await appWith({ store: deadStore, cache: deadCache });
  const response = await app.inject("/health");
  assert.equal(response.statusCode, 200);
  assert.equal(response.body, '{"status":"ok"}');
});

for (const { name, dependencies, status, body } of [
  { name: "both answer", dependencies: {}, status: 200, body: { status: "ready" } },
  {
    name: "the cache refuses",
    dependencies: { cache: deadCache },
    status: 503,
    body: { status: "unavailable", down: ["redis"] },
  },
  {
    name: "the database never answers",
    dependencies: { store: { ...memoryStore(), ping: hanging } },
    status: 503,
    body: { status: "unavailable", down: ["postgres"] },
  },
  {
    name: "neither answers",
    dependencies: { store: deadStore, cache: deadCache },
    status: 503,
    body: { status: "unavailable", down: ["postgres", "redis"] },
  },
]) {
  test(`GET /ready: ${name}`, async () => {
    const response = await (await appWith(dependencies)).inject("/ready");
    assert.equal(response.statusCode, status);
    assert.deepEqual(response.json(), body);
  });
}

test("a note that was added is listed and read, the second time from the cache", async () => {
  const app = await appWith();
  const added = await app.inject({ method: "POST", url: "/notes", payload: NOTE });
  assert.equal(added.statusCode, 201);
  const note = added.json();
  assert.deepEqual({ title: note.title, body: note.body }, NOTE);
  assert.equal(added.headers.location, `/notes/${note.id}`);

  assert.deepEqual((await app.inject("/notes")).json(), [note]);
  for (const source of ["miss", "hit"]) {
    const read = await app.inject(`/notes/${note.id.toUpperCase()}`);
    assert.deepEqual(read.json(), note);
    assert.equal(read.headers["x-cache"], source);
  }
});

test("without the cache notes are still read", async () => {
  const store = memoryStore();
  const note = await store.add(NOTE);
  const response = await (await appWith({ store, cache: deadCache })).inject(`/notes/${note.id}`);
  assert.equal(response.statusCode, 200);
  assert.deepEqual(response.json(), note);
});

test("a damaged cache entry is read past and replaced", async () => {
  const store = memoryStore();
  const cache = memoryCache();
  const note = await store.add(NOTE);
  await cache.set(`myapp:note:${note.id}`, '{"id":', 60);
  const app = await appWith({ store, cache });
  assert.deepEqual((await app.inject(`/notes/${note.id}`)).json(), note);
  assert.equal((await app.inject(`/notes/${note.id}`)).headers["x-cache"], "hit");
});

const json = { "content-type": "application/json" };

for (const { name, payload, headers, status, field } of [
  { name: "no body", payload: undefined, headers: {}, status: 400, field: "body must be object" },
  { name: "not JSON", payload: '{"title":', headers: json, status: 400, field: "JSON" },
  {
    name: "other content",
    payload: "title=Milk",
    headers: { "content-type": "text/x-milk" },
    status: 415,
    field: "text/x-milk",
  },
  {
    name: "a field missing",
    payload: { title: "Milk" },
    headers: {},
    status: 400,
    field: "body.body is required",
  },
  {
    name: "a wrong type",
    payload: { ...NOTE, title: 5 },
    headers: {},
    status: 400,
    field: "body.title must be string",
  },
  {
    name: "an empty title",
    payload: { ...NOTE, title: "" },
    headers: {},
    status: 400,
    field: "body.title must NOT have fewer than 1 characters",
  },
  {
    name: "an unknown field",
    payload: { ...NOTE, colour: "red" },
    headers: {},
    status: 400,
    field: "body.colour is not a known field",
  },
  {
    name: "U+0000",
    payload: { ...NOTE, body: "a\0b" },
    headers: {},
    status: 400,
    field: "body.body must match pattern",
  },
  {
    name: "two mistakes",
    payload: { title: "" },
    headers: {},
    status: 400,
    field: "body.body is required; body.title must",
  },
  {
    name: "a large body",
    payload: { ...NOTE, body: "x".repeat(70_000) },
    headers: {},
    status: 413,
    field: "too large",
  },
]) {
  test(`POST /notes refuses ${name} and says why`, async () => {
    const store = memoryStore();
    const app = await appWith({ store });
    const response = await app.inject({
      method: "POST",
      url: "/notes",
      headers,
      ...(payload && { payload }),
    });
    assert.equal(response.statusCode, status);
    assert.equal(response.json().status, status);
    assert.ok(response.json().message.includes(field), response.body);
    assert.deepEqual(await store.newest(1), []);
  });
}

test("the longest note fits into the body limit, however it is escaped", async () => {
  const body = "\u044f".repeat(10_000);
  const payload = `{"title":"${"\\u044f".repeat(200)}","body":"${"\\u044f".repeat(10_000)}"}`;
  const response = await (await appWith()).inject({ method: "POST", url: "/notes", headers: json, payload });
  assert.equal(response.statusCode, 201);
  assert.equal(response.json().body, body);
});

for (const { url, status, message } of [
  { url: "/notes/17", status: 400, message: 'params.id must match format "uuid"' },
  { url: `/notes/${ABSENT}`, status: 404, message: `there is no note ${ABSENT}` },
  { url: "/nothing?q=1", status: 404, message: "there is no GET /nothing" },
]) {
  test(`GET ${url}: ${message}`, async () => {
    const response = await (await appWith()).inject(url);
    assert.equal(response.statusCode, status);
    assert.equal(response.json().message, message);
  });
}

test("an outage is 503, a defect is 500 that tells nothing about its cause", async () => {
  const app = await appWith({ store: deadStore });
  const outage = await app.inject(`/notes/${ABSENT}`);
  assert.equal(outage.statusCode, 503);
  assert.match(outage.json().message, /database cannot be reached/);
  const defect = await app.inject("/notes");
  assert.equal(defect.statusCode, 500);
  assert.doesNotMatch(defect.body, /mydb/);
});

test("/docs/json describes every route and the shape of a note", async () => {
  const response = await (await appWith()).inject("/docs/json");
  const document = response.json();
  assert.match(document.openapi, /^3\./);
  assert.deepEqual(Object.keys(document.paths).sort(), ["/health", "/notes", "/notes/{id}", "/ready"]);
  const body = document.paths["/notes"].post.requestBody.content["application/json"].schema;
  assert.deepEqual(body.required, ["title", "body"]);
  assert.ok(document.paths["/ready"].get.responses["503"]);
});
