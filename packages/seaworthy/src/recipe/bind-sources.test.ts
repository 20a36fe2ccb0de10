import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ensureBindSources } from "./bind-sources.ts";
import { readComposeFile } from "./compose.ts";

let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "binds-"));
});
afterAll(() => rm(root, { recursive: true }));

test.each([
  ["./compose.yaml", undefined],
  ["/", undefined],
  ["./none", { code: "compose/bind-source", exit: 3, place: { line: 4 } }],
])("%s", async (source, fault) => {
  const file = join(root, "compose.yaml");
  await writeFile(file, `services:\n  a:\n    image: x\n    volumes: ["${source}:/x"]\n`);
  const checked = ensureBindSources(await readComposeFile(file, {}));
  await (fault === undefined
    ? expect(checked).resolves.toBeUndefined()
    : expect(checked).rejects.toMatchObject(fault));
});
