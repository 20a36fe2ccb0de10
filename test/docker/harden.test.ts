/** The report's own stack: what its files claim and an attack refutes, and the same stack after `harden`, which proves clean. */
import { randomBytes } from "node:crypto";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Finding, Report } from "@seaworthy/evidence";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort, type Result, runSeaworthy } from "../e2e/cli.ts";
import { makeBase } from "../lab/bases.ts";
import { hasProgram } from "../lab/debian-root.ts";
import { DAEMONS, type Daemon } from "./daemons.ts";

const LEGACY = join(import.meta.dirname, "../../examples/legacy-fastapi");
const BASES = ["python:3.11-slim", "postgres:15", "redis:8"] as const;

/** What the report says of the stack, by the finding that refutes it. */
const CONTRADICTIONS: readonly (readonly [claim: string, id: string, seen: RegExp])[] = [
  ["the health check checks the service", "healthy/app", /unhealthy: .*curl.*not found/],
  ["nothing is said of the health of the stores", "healthy/mydb", /nobody checks/],
  ["the stack's file systems are read-only", "read-only-root.write-root/mydb", /could write/],
  ["no privileges are gained", "no-new-privileges.set-uid-file/myredis", /root/],
  ["the image is minimal: pip", "no-package-manager/app", /pip/],
  ["the image is minimal: a shell", "no-shell/app", /bin\//],
  [
    "the image is minimal: what the folder held",
    "no-leftovers/app",
    /app\/(?:Dockerfile|docker-compose\.yml)/,
  ],
  ["the database is part of the stack", "datastore-unreachable/mydb", /reached PostgreSQL/],
  ["so is the cache", "datastore-unreachable/myredis", /reached Redis/],
  ["the service is published for its users", "published-ports/app", /0\.0\.0\.0/],
  ["the stack is limited: memory", "memory-limit.take-memory/app", /took/],
  ["the stack is limited: processes", "pids-limit.fork-bomb/mydb", /processes/],
  ["capabilities are none of its business", "capabilities.bounding-set/app", /14 of/],
  ["passwords stay where they belong", "no-secrets-in-environment/mydb", /POSTGRES_PASSWORD/],
  ["the service has rights of its own", "store-rights/mydb", /allowed: .*pg_read_file/],
  ["the health check's program is there", "programs-exist/app", /curl \(health check\)/],
  ["postgres:15 is that image", "pinned/mydb", /can be moved/],
  ["what has ended leaves nothing behind", "no-zombies/myredis", /zombies after/],
];

/** In the example's README, between these. */
const SEEN = /<!-- refuted -->[^]*<!-- \/refuted -->/;

/** What was claimed and what an attack saw, as a table. A path of a name that the prover made up says nothing to a reader. */
function refuted(report: Report): string {
  const rows = CONTRADICTIONS.map(([claim, id]) => {
    const seen = findingOf(report, id).hardened?.summary.en ?? "";
    // Ports of the test's own say nothing to a reader either.
    const places = seen
      .replaceAll(/, \S*\/\.seaworthy-\w+/g, "")
      .replaceAll(/(?<=\d\.\d:)\d{5}\b/g, "PORT")
      .replaceAll("|", "/");
    return `| ${claim} | ${places} | \`${id}\` |`;
  });
  const table = ["| claimed | seen | finding |", "| --- | --- | --- |", ...rows].join("\n");
  return `<!-- refuted -->\n${table}\n<!-- /refuted -->`;
}

/**
 * On one engine, for it takes minutes and the others say the same. Not on Podman 4.3, which makes no network while any
 * interface of the machine goes away, as those of other suites do.
 */
const DOCKERS = DAEMONS.filter(({ name }) => name === "Docker 26");

for (const kind of DOCKERS) {
  const reason = kind.missing() ?? (hasProgram("mmdebstrap", "--version") ? undefined : "needs mmdebstrap");
  describe.skipIf(reason !== undefined)(
    `the report's own stack on ${kind.name}${reason === undefined ? "" : ` (skipped: ${reason})`}`,
    () => {
      let daemon: Daemon;
      let home: string;
      let project: string;
      let original: string;
      const name = `legacy-${randomBytes(4).toString("hex")}`;

      const seaworthy = (...args: readonly string[]): Promise<Result> =>
        runSeaworthy(args, {
          cwd: project,
          env: {
            ...{ SEAWORTHY_ENGINE: "docker", DOCKER_HOST: daemon.host, COMPOSE_PROJECT_NAME: name },
            ...{ SEAWORTHY_RUN_DIR: join(home, "run"), SEAWORTHY_STATE_DIR: join(home, "state") },
          },
        });
      const report = async (): Promise<Report> =>
        JSON.parse(await readFile(join(project, ".seaworthy/report.json"), "utf8")) as Report;
      const composeText = (): Promise<string> => readFile(join(project, "docker-compose.yml"), "utf8");

      beforeAll(async () => {
        daemon = await kind.start(true);
        home = await mkdtemp(join(tmpdir(), "harden-"));
        project = join(home, "legacy");
        for (const base of BASES)
          await makeBase(base, { cacheDir: join(tmpdir(), "seaworthy-lab"), dockerHost: daemon.host });
        await cp(LEGACY, project, { recursive: true });
        // Ports of its own: other suites and the machine have these.
        let text = await composeText();
        for (const port of ["8000:", "5433:", "6379:"])
          text = text.replace(`"${port}`, `"${await freePort()}:`);
        await writeFile(join(project, "docker-compose.yml"), text);
        original = text;
      }, 300_000);
      afterAll(async () => {
        await daemon?.[Symbol.asyncDispose]();
        await rm(home, { recursive: true, force: true });
      }, 120_000);

      describe("as it is", () => {
        let before: Report;

        beforeAll(async () => {
          const { code, stdout, stderr } = await seaworthy("prove");
          expect([1, 2], stdout + stderr).toContain(code);
          before = await report();
        }, 300_000);

        test.each(CONTRADICTIONS)("claimed: %s; refuted by %s", (_, id, seen) => {
          const finding = findingOf(before, id);
          expect(finding.verdict).toBe("breached");
          expect(finding.hardened?.summary.en).toMatch(seen);
        });

        test("the example's README shows what was seen (SEAWORTHY_WRITE=1 writes it)", async () => {
          const file = join(LEGACY, "README.md");
          if (process.env["SEAWORTHY_WRITE"] === "1")
            await writeFile(
              file,
              (await readFile(file, "utf8")).replace(SEEN, () => refuted(before)),
            );
          const rows = SEEN.exec(await readFile(file, "utf8"))?.[0].split("\n") ?? [];
          for (const [claim, id, seen] of CONTRADICTIONS)
            expect(
              rows.find((row) => row.includes(`| ${claim} `)),
              id,
            ).toMatch(seen);
        });
      });

      test("hardened with an owner, it proves clean, and its file is still its own", async () => {
        const { code, stdout, stderr } = await seaworthy(
          "harden",
          "--write",
          "--owner",
          "Ada",
          "--expires",
          "30",
        );
        expect(code, stdout + stderr).toBe(0);
        const hardened = await composeText();
        expect(hardened).toContain("      # seccomp: Docker's default profile\n");
        const keys = ["app", "mydb", "myredis"].map((name) => hardened.indexOf(`\n  ${name}:`));
        expect(keys).toEqual([...keys].sort((a, b) => a - b));
        // All that was written stands, in its order, but for the lines that were the fault.
        const gone = original.split("\n").filter((line) => !hardened.split("\n").includes(line));
        expect(gone.map((line) => line.trim())).toEqual([
          expect.stringMatching(/^- "\d+:8000"$/),
          "- /tmp",
          expect.stringMatching(/^- "\d+:5432"$/),
          expect.stringMatching(/^- "\d+:6379"$/),
        ]);

        const proof = await seaworthy("prove");
        expect(proof.code, proof.stdout + proof.stderr).toBe(0);
        const after = await report();
        for (const [, id] of CONTRADICTIONS) {
          expect(["held", "absent", "waived"], id).toContain(findingOf(after, id).verdict);
        }
        // Accepted is only what images and engines bring along.
        const waived = after.findings.filter(({ verdict }) => verdict === "waived");
        expect(new Set(waived.map(({ control }) => control))).toEqual(
          new Set([
            ...["pinned", "no-shell", "no-package-manager", "no-set-id-files", "private-network"],
            "no-leftovers",
            "no-secrets-in-environment",
            "store-rights",
          ]),
        );
        expect(waived.length).toBeLessThanOrEqual(18);
      }, 600_000);
    },
  );
}

function findingOf({ findings }: Report, id: string): Finding {
  const finding = findings.find((one) => one.id === id);
  if (finding === undefined) throw new Error(`expected a finding ${id}, found none`);
  return finding;
}
