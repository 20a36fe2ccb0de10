import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Fault } from "../fault/fault.ts";
import { readComposeFile } from "./compose.ts";
import type { PackageImage } from "./package-image.ts";
import { serviceKind } from "./service-kind.ts";

let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "package-image-"));
});
afterAll(() => rm(root, { recursive: true }));

/** Of a service whose `x-seaworthy` starts on line 4. */
async function read(lines: string, build = "build: ."): Promise<PackageImage | undefined> {
  const file = join(root, "compose.yaml");
  const block = lines
    .split("\n")
    .map((line) => `      ${line}\n`)
    .join("");
  await writeFile(file, `services:\n  app:\n    ${build}\n    x-seaworthy:\n${block}`);
  const service = (await readComposeFile(file, {})).services.get("app");
  return service?.packageImage;
}

test("packages alone: the newest suite, and the whole context at /app", async () => {
  expect(await read("packages: [python3]")).toEqual({
    packages: ["python3"],
    suite: "trixie",
    exclude: {},
    files: [{ from: ".", to: "/app" }],
  });
});

test("everything written out", async () => {
  const lines = [
    "packages: [python3 (>= 3.11), python3-fastapi]",
    "suite: bookworm",
    "exclude: { libnsl2: nobody calls it }",
    "files: { ./app/: /srv/app, conf/app.toml: /etc/app.toml }",
  ];
  expect(await read(lines.join("\n"))).toEqual({
    packages: ["python3 (>= 3.11)", "python3-fastapi"],
    suite: "bookworm",
    exclude: { libnsl2: "nobody calls it" },
    files: [
      { from: "app", to: "/srv/app" },
      { from: "conf/app.toml", to: "/etc/app.toml" },
    ],
  });
});

test("such a service is assembled from packages, whatever lies in its context", async () => {
  await read("packages: [python3]");
  await writeFile(join(root, "package.json"), "{}");
  const project = await readComposeFile(join(root, "compose.yaml"), {});
  const service = project.services.get("app");
  if (service === undefined) throw new Error("the file has one service");
  expect(await serviceKind(project, service)).toMatchObject({ kind: "packages", context: root });
});

describe("what cannot be meant is refused with its line", () => {
  test.each([
    ["no packages", "suite: bookworm", 4, "packages"],
    ["an empty list", "packages: []", 5, "an empty one"],
    ["a name that is none", "packages: [Python3]", 5, "Python3"],
    ["a relation that is none", "packages: ['python3 (3.11)']", 5, "python3 (3.11)"],
    ["an option in a name's place", "packages: ['--force-yes']", 5, "--force-yes"],
    ["a package twice", "packages:\n  - python3\n  - python3", 7, "again"],
    ["another suite", "packages: [a1]\nsuite: sid", 6, '"trixie" or "bookworm"'],
    ["an unknown key", "packages: [a1]\nfile: {}", 6, 'Did you mean "files"?'],
    ["an exclusion without a reason", "packages: [a1]\nexclude:\n  libc6: ''", 7, "reason"],
    ["files out of the context", "packages: [a1]\nfiles:\n  ../x: /app", 7, "inside the build context"],
    ["files by absolute path", "packages: [a1]\nfiles:\n  /etc: /app", 7, "inside the build context"],
    ["a relative target", "packages: [a1]\nfiles:\n  app: app", 7, "an absolute path"],
    ["a target that climbs", "packages: [a1]\nfiles:\n  app: /app/../etc", 7, "an absolute path"],
    ["the root as target", "packages: [a1]\nfiles:\n  app: /", 7, "below the root"],
  ])("%s", async (_, lines, line, said) => {
    const error = await read(lines).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof Fault)) throw new Error("expected a fault, found none");
    expect(error).toMatchObject({ exit: 3, place: { line } });
    expect(`${error.message}. ${error.hint}`).toContain(said);
  });

  test("packages without a build", async () => {
    await expect(read("packages: [python3]", "image: app:1")).rejects.toMatchObject({
      code: "compose/value",
      place: { line: 4 },
    });
  });
});
