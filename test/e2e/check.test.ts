/** `check` as its users call it: without an engine, in pipelines, and on input that is wrong. */
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Finding } from "@seaworthy/evidence";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Result, runSeaworthy } from "./cli.ts";

const EXAMPLES = join(import.meta.dirname, "../../examples");
let home = "";
let project = "";
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "seaworthy-check-"));
  project = join(home, "legacy");
  await cp(join(EXAMPLES, "legacy-fastapi"), project, { recursive: true });
});
afterAll(() => rm(home, { recursive: true }));

const check = (...args: readonly string[]): Promise<Result> =>
  runSeaworthy(["check", ...args], { cwd: project, env: {} });
const breached = (stdout: string): readonly Finding[] =>
  (JSON.parse(stdout) as { findings: Finding[] }).findings.filter(({ verdict }) => verdict === "breached");

test("the hand-written stack: every contradiction of its report, from source alone", async () => {
  const { code, stdout, took } = await check("--json");
  expect(code).toBe(1);
  expect(took).toBeLessThan(20_000);
  const found = breached(stdout).map(
    ({ control, service, source }) => `${control} ${service} ${source?.file}`,
  );
  // The check calls curl, which a slim image does not carry.
  expect(found).toContain("healthy app Dockerfile");
  // Python's whole folders, pip included, and whatever lies in this one.
  expect(found.filter((one) => one === "needed-copies app Dockerfile")).toHaveLength(3);
  for (const service of ["mydb", "myredis"]) {
    for (const control of [
      "datastore-unreachable",
      "published-ports",
      "memory-limit",
      "capabilities",
      "pinned",
    ]) {
      expect(found).toContain(`${control} ${service} docker-compose.yml`);
    }
  }
  expect(found).toContain("capabilities app docker-compose.yml");
  expect(found).toContain("memory-limit app docker-compose.yml");
  expect(found.filter((one) => one === "pinned app Dockerfile")).toHaveLength(2);
  // What it did declare is not held against it.
  for (const declared of ["read-only-root app", "no-new-privileges app", "non-root app"]) {
    expect(found.join("\n")).not.toContain(declared);
  }
});

test("for people: file by file, with line, severity and what to write", async () => {
  const { stdout } = await check();
  expect(stdout).toMatch(/^docker-compose\.yml\n {2}\d+:\d+ +high +\S+ \(app\) /);
  expect(stdout).toMatch(/healthy \(app\) it calls curl, which python:3\.11-slim does not have/);
  expect(stdout).toMatch(/\d+ claims are declared, \d+ are not\./);
  const russian = await check("--lang", "ru");
  expect(russian.stdout).toContain("вызывает curl, которого в python:3.11-slim нет");
});

describe("in a pipeline", () => {
  test("a threshold decides what fails, and shows the rest", async () => {
    const critical = await check("--fail-on", "critical");
    expect(critical).toMatchObject({ code: 0, stdout: expect.stringContaining("it calls curl") as string });
    const wrong = await check("--fail-on", "awful");
    expect(wrong).toMatchObject({ code: 3, stderr: expect.stringContaining('"awful"') as string });
  });

  test("a baseline: only what is new fails, and what is mended is told", async () => {
    const file = join(project, "baseline.json");
    const written = await check("--write-baseline", file);
    expect(written).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("are known from now on") as string,
    });
    expect((await check("--baseline", file)).code).toBe(0);
    const before = await readFile(join(project, "docker-compose.yml"), "utf8");
    await writeFile(
      join(project, "docker-compose.yml"),
      before.replace("    read_only: true\n", "    cap_drop: [ALL]\n"),
    );
    const changed = await check("--baseline", file, "--json");
    expect(changed.code).toBe(1);
    expect(breached(changed.stdout).map(({ id }) => id)).toEqual(["read-only-root.compose/app"]);
    expect(changed.stderr).toContain("capabilities.compose/app");
    await writeFile(join(project, "docker-compose.yml"), before);
  });

  test.each([
    ["is not there", undefined, "found nothing"],
    ["is no JSON", "{", "expected a baseline"],
    ["is of another version", '{"schemaVersion":2,"known":[]}', "another version"],
  ])("a baseline that %s is an error, and never an empty one", async (_, text, told) => {
    const file = join(project, "broken.json");
    await rm(file, { force: true });
    if (text !== undefined) await writeFile(file, text);
    const { code, stderr } = await check("--baseline", file);
    expect(code).toBe(3);
    expect(stderr).toContain(told);
  });

  test("SARIF names files as the repository does, and JUnit has the passes", async () => {
    await mkdir(join(project, "..", ".git"));
    const [sarif, junit] = [join(project, "a.sarif"), join(project, "a.xml")];
    await check("--sarif", sarif, "--junit", junit);
    expect(await readFile(sarif, "utf8")).toContain('"uri": "legacy/docker-compose.yml"');
    expect(await readFile(junit, "utf8")).toMatch(
      /<testcase name="read-only-root\.compose\/app: [^>]*>\s*<system-out>/,
    );
  });
});

describe("what is wrong is said, and nothing is checked", () => {
  test.each([
    ["no such path", "./nowhere", "found nothing"],
    ["no such path or name", "nowhere", "called nowhere, found"],
    ["a Dockerfile that no builder takes", "broken.Dockerfile", "broken.Dockerfile:2"],
    ["a Compose file that is none", "broken.yaml", "broken.yaml:"],
  ])("%s", async (_, path, told) => {
    await writeFile(join(project, "broken.Dockerfile"), "FROM x\nRUM x\n");
    await writeFile(join(project, "broken.yaml"), "services: [\n");
    const { code, stderr } = await check(path);
    expect(code).toBe(3);
    expect(stderr).toContain(told);
    expect(stderr).not.toMatch(/^\s+at .*\.js:\d+/m);
  });
});

test("the example of this project passes but for what it waives", async () => {
  const { code, stdout } = await check(join(EXAMPLES, "myapp"));
  expect(stdout).not.toMatch(/ (?:critical|high|medium|low|unproven) /);
  expect(code).toBe(0);
});
