/** The built server with a real PostgreSQL and a real Redis, both failing and coming back under it. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { Redis } from "ioredis";
import { freePort, run } from "./process.ts";
import { findProgram, makeFolder, preparePostgres, prepareRedis, stop, until } from "./servers.ts";

const PROGRAMS = ["initdb", "postgres", "redis-server", "redis-cli"];
const missing = PROGRAMS.filter((name) => findProgram(name) === undefined);
const skip = missing.length > 0 && `needs ${missing.join(", ")}: apt-get install postgresql-15 redis-server`;

test("notes outlive the cache, the database and the service", { skip }, async (context) => {
  const folder = makeFolder(context);
  copyFileSync("compose.yaml", join(folder, "compose.yaml"));
  execFileSync(process.execPath, [resolve("scripts/secrets.mjs")], { cwd: folder, stdio: "ignore" });
  const secret = (name: string) => readFileSync(join(folder, "secrets", name), "utf8");
  const [port, postgresPort, redisPort] = await Promise.all([freePort(), freePort(), freePort()]);
  const startPostgres = preparePostgres(folder, postgresPort, secret("db_password"));
  const startRedis = prepareRedis(folder, redisPort, secret("redis_config"));
  const env = {
    PORT: String(port),
    POSTGRES_HOST: "127.0.0.1",
    POSTGRES_PORT: String(postgresPort),
    POSTGRES_DB: "mydb",
    POSTGRES_USER: "myapp",
    POSTGRES_PASSWORD_FILE: join(folder, "secrets/db_password"),
    REDIS_HOST: "127.0.0.1",
    REDIS_PORT: String(redisPort),
    REDIS_USERNAME: "app",
    REDIS_PASSWORD_FILE: join(folder, "secrets/redis_password"),
  };
  const ask = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${port}${path}`, init);
  const ready = async () => (await ask("/ready")).json();
  const readyIs = (expected: object) =>
    until(JSON.stringify(expected), async () => JSON.stringify(await ready()) === JSON.stringify(expected));

  // The service is there before its database, and waits. Two instances migrate at the same time.
  const service = run(context, "dist/server.js", env);
  const second = run(context, "dist/server.js", { ...env, PORT: String(await freePort()) });
  await service.prints("not ready yet");
  let postgres = startPostgres();
  context.after(() => stop(postgres));
  let redis = startRedis();
  context.after(() => stop(redis));
  await Promise.all([service.prints("Server listening"), second.prints("Server listening")]);
  const applied = [service, second].map((instance) => /"applied":\d+/.exec(instance.output())?.[0]);
  assert.deepEqual(new Set(applied), new Set(['"applied":0', '"applied":2']));
  await readyIs({ status: "ready" });

  const added = await ask("/notes", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ title: "Милк ' \"; DROP TABLE notes", body: "\ud83e\udd5b" }),
  });
  assert.equal(added.status, 201);
  const note = (await added.json()) as { readonly id: string };
  const read = async () => {
    const response = await ask(`/notes/${note.id}`);
    return { status: response.status, source: response.headers.get("x-cache"), note: await response.json() };
  };
  assert.deepEqual(await read(), { status: 200, source: "miss", note });
  assert.deepEqual(await read(), { status: 200, source: "hit", note });
  assert.deepEqual(await (await ask("/notes")).json(), [note]);

  await context.test("the health check of the cache needs no password", () => {
    const output = execFileSync("redis-cli", ["-e", "-p", String(redisPort), "ping"], { encoding: "utf8" });
    assert.equal(output.trim(), "PONG");
  });

  await context.test(
    "nobody without the password can do more, nor the service more than it needs",
    async () => {
      const open = (options: object) => new Redis({ port: redisPort, enableReadyCheck: false, ...options });
      const anyone = open({});
      const app = open({ username: "app", password: secret("redis_password") });
      try {
        assert.match(String(await app.get(`myapp:note:${note.id}`)), /Милк/);
        for (const command of [
          ["GET", `myapp:note:${note.id}`],
          ["SET", "a", "b"],
          ["INFO"],
          ["CONFIG", "GET", "*"],
          ["FLUSHALL"],
        ]) {
          await assert.rejects(
            anyone.call(command[0] ?? "", ...command.slice(1)),
            /NOPERM/,
            command.join(" "),
          );
        }
        for (const command of [
          ["GET", "other"],
          ["KEYS", "*"],
          ["CONFIG", "GET", "*"],
          ["FLUSHALL"],
          ["ACL", "LIST"],
          ["EVAL", "return 1", "0"],
          ["SHUTDOWN"],
          ["MODULE", "LIST"],
          ["PUBLISH", "a", "b"],
        ]) {
          await assert.rejects(app.call(command[0] ?? "", ...command.slice(1)), /NOPERM/, command.join(" "));
        }
      } finally {
        anyone.disconnect();
        app.disconnect();
      }
    },
  );

  // Without its cache the service reads on, and uses the cache again when it is back.
  await stop(redis);
  await readyIs({ status: "unavailable", down: ["redis"] });
  assert.deepEqual(await read(), { status: 200, source: "miss", note });
  redis = startRedis();
  await readyIs({ status: "ready" });
  await until("a read from the cache", async () => (await read()).source === "hit");

  // Without its database it serves what is cached, says what is wrong with the rest, and recovers.
  await stop(postgres);
  await readyIs({ status: "unavailable", down: ["postgres"] });
  assert.equal((await read()).source, "hit");
  assert.equal((await ask("/notes")).status, 503);
  assert.equal(await (await ask("/health")).text(), '{"status":"ok"}');
  postgres = startPostgres();
  await readyIs({ status: "ready" });
  assert.deepEqual(await (await ask("/notes")).json(), [note]);

  for (const { child } of [service, second]) child.kill("SIGTERM");
  assert.deepEqual(await Promise.all([service.exit, second.exit]), [0, 0]);
  for (const line of service.output().trim().split("\n")) JSON.parse(line);
  for (const name of ["db_password", "redis_password"]) assert.ok(!service.output().includes(secret(name)));

  // A wrong password is not waited for.
  writeFileSync(join(folder, "wrong"), "wrong");
  const refused = run(context, "dist/server.js", { ...env, POSTGRES_PASSWORD_FILE: join(folder, "wrong") });
  assert.equal(await refused.exit, 1);
  assert.match(refused.output(), /password authentication failed/);
});
