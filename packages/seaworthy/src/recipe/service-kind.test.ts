import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readComposeFile } from "./compose.ts";
import { type ServiceKind, serviceKind } from "./service-kind.ts";

let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "kind-"));
});
afterAll(() => rm(root, { recursive: true }));

async function kindOf(lines: string): Promise<ServiceKind> {
  const file = join(root, "compose.yaml");
  await writeFile(file, `services:\n  app:\n    ${lines}\n`);
  const project = await readComposeFile(file, {});
  const [service] = project.services.values();
  if (service === undefined) throw new Error("the file has one service");
  return await serviceKind(project, service);
}

test("a build with a package.json is a Node service, whatever its image is called", async () => {
  await expect(kindOf("build: .")).rejects.toMatchObject({
    code: "recipe/no-package-json",
    place: { line: 3 },
  });
  await writeFile(join(root, "package.json"), "{}");
  expect(await kindOf("{ build: ., image: 'postgres:15' }")).toEqual({ kind: "node", context: root });
});

test.each([
  ["postgres:15", "postgres", 15],
  ["postgres:15-bookworm", "postgres", 15],
  ["docker.io/library/postgres:15", "postgres", 15],
  ["library/redis:8", "redis", 8],
  ["redis:8-trixie", "redis", 8],
])("%s is assembled", async (image, recipe, major) => {
  expect(await kindOf(`image: ${image}`)).toEqual({ kind: "recipe", recipe, major });
});

test.each([
  ["postgres", "postgres:15"],
  ["postgres:latest", "postgres:15"],
  ["postgres:16", "postgres:15"],
  ["postgres:15-alpine", "postgres:15"],
  ["postgres:15-trixie", "postgres:15"],
  ["redis:7", "redis:8"],
  [`redis:8@sha256:${"0".repeat(64)}`, "redis:8"],
  ["nginx:1", "postgres:15 and redis:8"],
  ["example.org/redis:8", "postgres:15 and redis:8"],
])("%s is refused with advice", async (image, advice) => {
  await expect(kindOf(`image: ${image}`)).rejects.toMatchObject({
    code: "recipe/image",
    exit: 3,
    place: { line: 3 },
    hint: expect.stringContaining(advice),
  });
});
