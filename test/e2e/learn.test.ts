/** Profiles are learned from the example at work, hold when attacked, and say what they refuse when they are too narrow. */
import { existsSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { refusing } from "../../packages/seaworthy/src/posture/seccomp/portable.ts";
import { parseProfile } from "../../packages/seaworthy/src/posture/seccomp/profile.ts";
import { isRoot, type Result, type Sandbox, sandbox } from "./cli.ts";

interface Learned {
  readonly services: readonly {
    readonly service: string;
    readonly calls: Readonly<Record<string, number>>;
    readonly refused: readonly string[];
    readonly allowed: number;
    readonly of: number;
    readonly isInUse: boolean;
    readonly findings: readonly { readonly control: string; readonly verdict: string }[];
  }[];
}

const ASK =
  "fetch('http://' + process.env.SEAWORTHY_APP_8000 + '/health').then(({ ok }) => process.exit(ok ? 0 : 7))";
const EXERCISE = `"${process.execPath}" -e "${ASK}"`;

describe.skipIf(!isRoot())("learn (needs root)", () => {
  let example: Sandbox;
  let result: Result;
  let learned: Learned;
  const profileOf = (name: string): string => join(example.project, "seccomp", `${name}.json`);

  beforeAll(async () => {
    example = await sandbox();
    result = await example.seaworthy(["learn", "--write", "--json", "--exercise", EXERCISE]);
    expect(result.code, result.stderr).toBe(0);
    learned = JSON.parse(result.stdout) as Learned;
  }, 300_000);
  afterAll(() => example?.[Symbol.asyncDispose]());

  test("each service needs a fraction of the calls, and was seen at work", () => {
    expect(learned.services.map(({ service }) => service)).toEqual(["app", "db", "redis"]);
    for (const { service, calls, allowed, of, isInUse } of learned.services) {
      for (const name of ["execve", "listen", "exit_group"]) expect(calls[name], service).toBeGreaterThan(0);
      expect(allowed, service).toBeLessThan(of / 2);
      expect(isInUse).toBe(false);
    }
  });

  test("what the posture refuses stays refused, though it was asked for", () => {
    const [app] = learned.services;
    expect(app?.calls["io_uring_setup"]).toBeGreaterThan(0);
    expect(app?.refused).toContain("io_uring_setup");
    expect(readFileSync(profileOf("app"), "utf8")).not.toContain("io_uring_setup");
  });

  test("every attack was made again, and those on the cut under it", () => {
    for (const { service, findings } of learned.services) {
      expect(findings.length, service).toBeGreaterThan(20);
      const verdicts = findings.filter(({ control }) => control === "only-needed-calls");
      expect(verdicts.map(({ verdict }) => verdict)).toEqual(["held"]);
      expect(findings.filter(({ verdict }) => verdict === "breached" || verdict === "unproven")).toEqual([]);
    }
  });

  test("nothing is left running, and no record", async () => {
    expect(JSON.parse((await example.seaworthy(["ps", "--json"])).stdout)).toEqual({ services: [] });
    expect(existsSync(join(example.project, "../run", `${example.name}-Proof`))).toBe(false);
  });

  test("a profile that is too narrow names the call that is missing", { timeout: 120_000 }, async () => {
    const narrow = refusing(parseProfile(readFileSync(profileOf("redis"), "utf8")), ["bind"]);
    await mkdir(join(example.project, "narrow"));
    await writeFile(join(example.project, "narrow/redis.json"), JSON.stringify(narrow));
    await example.edit("compose.yaml", (text) =>
      text.replace(/(container_name: myredis[^]*?)seccomp=seccomp.json/, "$1seccomp=narrow/redis.json"),
    );
    const up = await example.seaworthy(["up"]);
    expect(up.code).toBe(2);
    expect(up.stderr).toMatch(/service "redis" to become healthy[^]*seaworthy learn --missing/);
    const missing = await example.seaworthy(["learn", "--missing", "--service", "redis"]);
    expect(missing.code, missing.stderr).toBe(1);
    expect(missing.stdout).toMatch(/^redis {2}refused: bind \(\d+×\)$/m);
  });

  test("an exercise that fails teaches nothing", { timeout: 120_000 }, async () => {
    await example.edit("compose.yaml", (text) => text.replace("narrow/redis.json", "seccomp/redis.json"));
    const before = readFileSync(profileOf("redis"), "utf8");
    const failed = await example.seaworthy([
      "learn",
      "-w",
      "--service",
      "redis",
      "--exercise",
      "echo no; exit 3",
    ]);
    expect(failed.code).toBe(2);
    expect(failed.stderr).toMatch(/expected the exercise to succeed .* found exit code 3:\nno/);
    expect(readFileSync(profileOf("redis"), "utf8")).toBe(before);
  });

  test("a service that is not there is said to be", async () => {
    const { code, stderr } = await example.seaworthy(["learn", "--service", "cache"]);
    expect(code).toBe(3);
    expect(stderr).toContain('expected a service of this stack (app, db, redis), found "cache"');
  });
});
