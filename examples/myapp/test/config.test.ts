/** Each wrong setting is refused in words that name it. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { ConfigError, readConfig, readListenConfig } from "../src/config.ts";

const folder = mkdtempSync(join(tmpdir(), "myapp-config-"));
after(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const good = {
  POSTGRES_HOST: "db",
  POSTGRES_DB: "mydb",
  POSTGRES_USER: "myapp",
  POSTGRES_PASSWORD_FILE: file("db_password", "one\n"),
  REDIS_HOST: "redis",
  REDIS_USERNAME: "app",
  REDIS_PASSWORD_FILE: file("redis_password", "two"),
};

test("secrets are read from their files, without the newline an editor leaves", () => {
  assert.deepEqual(readConfig(good), {
    postgres: { host: "db", port: 5432, database: "mydb", user: "myapp", password: "one" },
    redis: { host: "redis", port: 6379, username: "app", password: "two" },
  });
});

test("port 8000 unless PORT says otherwise", () => {
  assert.equal(readListenConfig({}).port, 8000);
  assert.equal(readListenConfig({ PORT: "9000" }).port, 9000);
});

for (const { setting, message } of [
  { setting: { POSTGRES_HOST: undefined }, message: /^POSTGRES_HOST: expected a value, found none/ },
  {
    setting: { POSTGRES_PORT: "54x2" },
    message: /^POSTGRES_PORT: expected a port from 1 to 65535, found "54x2"/,
  },
  { setting: { REDIS_PORT: "65536" }, message: /^REDIS_PORT: .* found "65536"/ },
  {
    setting: { POSTGRES_PASSWORD_FILE: undefined },
    message: /^POSTGRES_PASSWORD_FILE: expected the path of a file/,
  },
  {
    setting: { POSTGRES_PASSWORD_FILE: "/no/such" },
    message: /^POSTGRES_PASSWORD_FILE: .* at \/no\/such, found: no such file/,
  },
  {
    setting: { REDIS_PASSWORD_FILE: folder },
    message: /^REDIS_PASSWORD_FILE: expected a readable file .* EISDIR/,
  },
  {
    setting: { REDIS_PASSWORD_FILE: file("empty", "\n") },
    message: /^REDIS_PASSWORD_FILE: .* found an empty file/,
  },
]) {
  test(`${JSON.stringify(setting)} is refused: ${message.source}`, () => {
    assert.throws(
      () => readConfig({ ...good, ...setting }),
      (error) => error instanceof ConfigError && message.test(error.message),
    );
  });
}
