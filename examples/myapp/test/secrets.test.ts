/** `npm run secrets`: what it writes, whom it lets read it, and that it never loses a password. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type TestContext, test } from "node:test";

const SCRIPT = resolve("scripts/secrets.mjs");

function project(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "myapp-secrets-"));
  context.after(() => rmSync(folder, { recursive: true }));
  copyFileSync("compose.yaml", join(folder, "compose.yaml"));
  return folder;
}

function secrets(folder: string): { readonly status: number | null; readonly stderr: string } {
  return spawnSync(process.execPath, [SCRIPT], { cwd: folder, encoding: "utf8" });
}

const read = (folder: string, name: string): string => readFileSync(join(folder, "secrets", name), "utf8");
const NAMES = ["db_password", "db_admin_password", "db_setup", "redis_password", "redis_config"];

test("each secret of compose.yaml is made, closed to other users of the machine", (context) => {
  const folder = project(context);
  assert.equal(secrets(folder).status, 0);
  assert.match(read(folder, "db_password"), /^[0-9a-f]{64}$/);
  assert.notEqual(read(folder, "db_password"), read(folder, "redis_password"));
  assert.ok(read(folder, "redis_config").includes(`user app on >${read(folder, "redis_password")} `));
  assert.equal(statSync(join(folder, "secrets")).mode & 0o777, 0o700);
  for (const name of NAMES) assert.equal(statSync(join(folder, "secrets", name)).mode & 0o777, 0o444);
});

test("a second run changes nothing", (context) => {
  const folder = project(context);
  secrets(folder);
  const before = NAMES.map((name) => read(folder, name));
  assert.equal(secrets(folder).status, 0);
  assert.deepEqual(
    NAMES.map((name) => read(folder, name)),
    before,
  );
});

test("a lost password is not replaced behind the back of a file that still holds it", (context) => {
  const folder = project(context);
  secrets(folder);
  rmSync(join(folder, "secrets", "redis_password"));
  const { status, stderr } = secrets(folder);
  assert.equal(status, 1);
  assert.match(stderr, /redis_config holds an older redis_password/);
  assert.throws(() => read(folder, "redis_password"), /ENOENT/);
});

test("an entry in a layout the script cannot read is refused before anything is written", (context) => {
  const folder = project(context);
  const path = join(folder, "compose.yaml");
  writeFileSync(path, readFileSync(path, "utf8").replace("generate: password", 'generate: "password"'));
  const { status, stderr } = secrets(folder);
  assert.equal(status, 1);
  assert.match(stderr, new RegExp(`expected ${NAMES.length} secrets .* found ${NAMES.length - 1}`));
  assert.throws(() => read(folder, "db_password"), /ENOENT/);
});
