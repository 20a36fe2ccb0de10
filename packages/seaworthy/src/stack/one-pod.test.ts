import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readComposeFile } from "../recipe/compose.ts";
import { requireOnePod } from "./one-pod.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "seaworthy-pod-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function check(app: string, db: string): Promise<void> {
  const file = join(folder, "compose.yaml");
  writeFileSync(
    file,
    `services:\n  app: { image: a, ${app} }\n  db: { image: b, ${db} }\nnetworks: { front: {}, back: {} }\n`,
  );
  requireOnePod(await readComposeFile(file, {}));
}

test.each([
  ["networks: [front, back]", "networks: [back]"],
  ["restart: always", "restart: always"],
  ["network_mode: host", "networks: [back]"],
])("one network is enough: %s and %s", async (app, db) => {
  await expect(check(app, db)).resolves.toBeUndefined();
});

test.each([
  ["networks: [front]", "networks: [back]", 2],
  ["restart: always", "networks: [back]", 3],
])("services kept apart are refused rather than put together: %s and %s", async (app, db, line) => {
  await expect(check(app, db)).rejects.toMatchObject({ code: "compose/separate-networks", place: { line } });
});
