/**
 * `npm run secrets`: makes the secret files that compose.yaml names, for those who run it with plain Docker.
 * What each one holds is said once, in compose.yaml, under `x-seaworthy: { generate: ... }`:
 * "password" is 32 random bytes in hex; anything else is a template, where {{name}} is another secret's text.
 * A file that exists is never overwritten.
 */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";

const compose = readFileSync("compose.yaml", "utf8");
const declared = compose.slice(compose.search(/^secrets:$/m)).match(/^ {4}file: /gm) ?? [];
const entries = [
  ...compose.matchAll(
    /^ {2}(\w+):\n {4}file: (\S+)\n {4}x-seaworthy:\n(?: {6}#.*\n)* {6}generate: (?:(password)\n|\|\n((?: {8}.*\n)+))/gm,
  ),
].map(([, name, file, password, block]) => ({
  name,
  file: resolve(file),
  generate: password ?? block.replaceAll(/^ {8}/gm, ""),
}));
// This reads the one layout that compose.yaml has, not YAML; an entry it cannot read must not be lost in silence.
if (entries.length === 0 || entries.length !== declared.length) {
  fail(
    `expected ${declared.length} secrets of compose.yaml in the layout this script reads, found ${entries.length}`,
  );
}

const missing = new Set(entries.filter(({ file }) => !existsSync(file)).map(({ name }) => name));
for (const { name, file, generate } of entries) {
  const renewed = references(generate).find((other) => missing.has(other));
  if (!missing.has(name) && renewed !== undefined) {
    fail(
      `${file} holds an older ${renewed}, whose file is gone: remove ${name} too, or bring ${renewed} back`,
    );
  }
}

const texts = new Map();
for (const { name, file, generate } of entries) {
  if (!missing.has(name)) {
    texts.set(name, readFileSync(file, "utf8"));
    process.stdout.write(`kept  ${file}\n`);
    continue;
  }
  const text = generate === "password" ? randomBytes(32).toString("hex") : fill(name, generate);
  // The folder keeps other users of this machine out; the files must be readable to the containers' users.
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, text, { flag: "wx", mode: 0o444 });
  texts.set(name, text);
  process.stdout.write(`wrote ${file}\n`);
}

function references(template) {
  return [...template.matchAll(/\{\{(\w+)\}\}/g)].map(([, other]) => other);
}

function fill(name, template) {
  return template.replaceAll(/\{\{(\w+)\}\}/g, (_, other) => {
    return (
      texts.get(other) ?? fail(`${name}: expected a secret ${other} above it in compose.yaml, found none`)
    );
  });
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
