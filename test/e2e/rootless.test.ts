/** An ordinary user, without sudo and without anything installed, ships the example; what cannot hold says why. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Report } from "@seaworthy/evidence";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isRoot, type Result, type Sandbox, sandbox } from "./cli.ts";

const USER = 12_345;
const AS_USER = ["setpriv", `--reuid=${USER}`, `--regid=${USER}`, "--clear-groups"] as const;

/** What a machine that lets nobody make user namespaces answers. */
function whyNotHere(): string | undefined {
  if (!isRoot()) return "needs root, to become another user";
  const [program, ...args] = AS_USER;
  const able = spawnSync(program, [...args, "unshare", "--user", "--map-root-user", "true"]).status;
  return able === 0 ? undefined : "ordinary users get no user namespaces here";
}

const reason = whyNotHere();

describe.skipIf(reason !== undefined)(
  `without root${reason === undefined ? "" : ` (skipped: ${reason})`}`,
  () => {
    let example: Sandbox;
    let home: string;
    let shipped: Result;
    let report: Report;
    const asUser = (...args: string[]): Promise<Result> =>
      example.seaworthy(args, {
        wrapper: AS_USER,
        env: {
          HOME: home,
          XDG_CACHE_HOME: join(home, "cache"),
          XDG_RUNTIME_DIR: join(home, "runtime"),
          SEAWORTHY_RUN_DIR: "",
          SEAWORTHY_STATE_DIR: "",
        },
      });

    beforeAll(async () => {
      example = await sandbox();
      home = join(dirname(example.project), "home");
      mkdirSync(join(home, "runtime"), { recursive: true });
      execFileSync("chmod", ["755", dirname(example.project)]);
      execFileSync("chown", ["--recursive", `${USER}:${USER}`, home, example.project]);
      shipped = await asUser("ship");
      report = JSON.parse(readFileSync(join(example.project, ".seaworthy/report.json"), "utf8")) as Report;
    }, 300_000);
    afterAll(async () => {
      await asUser("down", "--volumes");
      await example[Symbol.asyncDispose]();
    });

    test("the stack comes up healthy, and as that user", () => {
      expect(shipped.code, shipped.stdout + shipped.stderr).toBe(1);
      expect(report.services.map(({ status }) => status)).toEqual(["healthy", "healthy", "healthy"]);
    });

    test("only limits are breached, and each says that nobody could enforce it", () => {
      const breached = report.findings.filter(({ verdict }) => verdict === "breached");
      expect(new Set(breached.map(({ control }) => control))).toEqual(
        new Set(["memory-limit", "pids-limit"]),
      );
      for (const { reason: why } of breached)
        expect(why?.en).toMatch(/cannot enforce it: an ordinary user has no control group/);
    });

    test("what is unproven is what an ordinary user cannot loosen, or has no control group to ask about", () => {
      const unproven = report.findings.filter(({ verdict }) => verdict === "unproven");
      const controls = new Set(unproven.map(({ control }) => control));
      const told = unproven.map(({ id, reason: why }) => `${id}: ${why?.en}`).join("\n");
      // Which devices of the host a user may open differs from machine to machine.
      controls.delete("host-devices");
      expect([...controls].toSorted(), told).toEqual([
        "cpu-limit",
        "no-new-privileges",
        "private-ipc",
        "private-pid",
      ]);
    });

    test("nothing is left of it", async () => {
      expect(JSON.parse((await asUser("ps", "--json")).stdout)).toEqual({ services: [] });
      expect(readdirSync(join(home, "runtime", "seaworthy"))).toEqual([]);
    });
  },
);
