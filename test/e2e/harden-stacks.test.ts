/** Stacks as people write them: hardened on the built-in engine, each proves clean, and what was written stays. */
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Finding } from "@seaworthy/evidence";
import { describe, expect, test } from "vitest";
import { freePort, isRoot, runSeaworthy } from "./cli.ts";

const STACKS = join(import.meta.dirname, "../fixtures/stacks");

describe.skipIf(!isRoot())("harden, then prove (needs root)", () => {
  // Waived is only what no Compose file can change: what is in an image, and what a stack is made to do.
  test.each<[string, string, readonly string[]]>([
    ["nginx-static", "a site", ["healthy/web"]],
    ["redis", "a cache that keeps its data", ["store-password/cache", "store-rights/cache"]],
    ["node-bind", "Node with a bind mount of its source", ["host-paths.host-files/web", "no-leftovers/web"]],
    ["cron", "a job in a loop, in a shell", ["healthy/nightly", "no-shell/nightly"]],
    ["valkey", "Valkey, from its Debian package, as root", []],
    ["postgres", "a database alone", ["no-secrets-in-environment/db"]],
    ["nginx-proxy", "nginx before a Node service", ["healthy/proxy"]],
    ["uploads", "gunicorn, as root, with a folder of uploads", []],
    [
      "python-worker",
      "a worker without a health check, and its queue",
      ["healthy/worker", "store-password/queue", "store-rights/queue"],
    ],
    [
      "trio",
      "Node, PostgreSQL and Redis",
      ["no-secrets-in-environment/db", "store-password/cache", "store-rights/cache"],
    ],
  ])("%s: %s", { timeout: 400_000 }, async (name, _, accepted) => {
    const home = await mkdtemp(join(tmpdir(), `harden-${name}-`));
    const project = join(home, name);
    const file = join(project, "compose.yaml");
    const env = {
      SEAWORTHY_ENGINE: "runc",
      COMPOSE_PROJECT_NAME: `${name}-${process.pid}`,
      SEAWORTHY_RUN_DIR: join(home, "run"),
      SEAWORTHY_STATE_DIR: join(home, "state"),
    };
    try {
      await cp(join(STACKS, name), project, { recursive: true });
      const original = await withFreePorts(await readFile(file, "utf8"));
      await writeFile(file, original);
      const hardened = await runSeaworthy(["harden", "--write", "--owner", "Ada"], { cwd: project, env });
      expect(hardened.code, hardened.stdout + hardened.stderr).toBe(0);
      const text = await readFile(file, "utf8");
      for (const comment of original.match(/#.*/g) ?? []) expect(text).toContain(comment);
      const proof = await runSeaworthy(["prove", "--json"], { cwd: project, env });
      expect(proof.code, proof.stdout + proof.stderr).toBe(0);
      const { findings } = JSON.parse(proof.stdout) as { findings: Finding[] };
      const waived = findings.filter(({ verdict }) => verdict === "waived").map(({ id }) => id);
      expect(waived).toEqual(accepted);
    } finally {
      await runSeaworthy(["down", "--volumes"], { cwd: project, env });
      await rm(home, { recursive: true, force: true });
    }
  });
});

/** Other suites, and this machine, have those that everybody takes. */
async function withFreePorts(text: string): Promise<string> {
  let free = text;
  for (const [published] of text.matchAll(/\b\d{4}(?=:\d{2,4}\b)/g)) {
    free = free.replace(new RegExp(`\\b${published}(?=:\\d)`), String(await freePort()));
  }
  return free;
}
