import { cp, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { cruise, type ICruiseResult } from "dependency-cruiser";
import { afterAll, beforeAll, expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");
const rules = createRequire(import.meta.url)("../../.dependency-cruiser.cjs") as {
  ranks: string[][];
  forbidden: object[];
  options: object;
};
let copy = "";

async function violations(directory: string): Promise<{ modules: number; found: string[] }> {
  const { output } = await cruise(["packages/evidence/src", "packages/seaworthy/src"], {
    ...rules.options,
    baseDir: directory,
    validate: true,
    ruleSet: { forbidden: rules.forbidden },
  } as Parameters<typeof cruise>[1]);
  const result = output as ICruiseResult;
  return {
    modules: result.modules.filter((module) => module.source.startsWith("packages/")).length,
    found: result.summary.violations.map(
      (violation) => `${violation.rule.name}: ${violation.from} -> ${violation.to}`,
    ),
  };
}

beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), "ranks-"));
  await cp(join(ROOT, "packages"), join(copy, "packages"), {
    recursive: true,
    filter: (source) => !/\/(node_modules|dist)$/.test(source),
  });
  await cp(join(ROOT, "tsconfig.base.json"), join(copy, "tsconfig.base.json"));
  await symlink(join(ROOT, "node_modules"), join(copy, "node_modules"));
  await writeFile(
    join(copy, "packages/seaworthy/src/fault/planted.ts"),
    'export { DirectoryStore } from "../content/directory-store.ts";\n',
  );
});

afterAll(() => rm(copy, { recursive: true }));

test("every folder imports lower ranks only", async () => {
  const { modules, found } = await violations(ROOT);
  expect(found).toEqual([]);
  // A cruise that saw nothing finds nothing wrong.
  expect(modules).toBeGreaterThan(100);
});

test("a planted import of the same rank is found", async () => {
  expect((await violations(copy)).found).toEqual([
    "rank-0-fault: packages/seaworthy/src/fault/planted.ts -> packages/seaworthy/src/content/directory-store.ts",
  ]);
});

test("every folder has a rank", async () => {
  const folders = (await readdir(join(ROOT, "packages/seaworthy/src"), { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
  const ranked = rules.ranks.flat();
  expect(folders.filter((folder) => !ranked.includes(folder))).toEqual([]);
});
