/** Edits of the Compose file, and for each the proof names the claim, the service, the line, and what the attack achieved. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Finding } from "@seaworthy/evidence";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isRoot, type Sandbox, sandbox } from "./cli.ts";
import { leftovers, NOTHING } from "./leftovers.ts";

type Service = "app" | "db" | "redis";

interface Sabotage {
  readonly edit: string;
  /** What is replaced in the service's own block, and by what. */
  readonly change: readonly [string, string];
  readonly control: string;
  /** What the attack achieved, in the report's words. */
  readonly achieved: RegExp;
  /** The key whose line is named, and what stands on that line. */
  readonly line: RegExp;
}

/** A service's own block of the file: up to the next service. */
const inService = (service: Service, pattern: string): RegExp =>
  new RegExp(`(\\n  ${service}:\\n(?:(?!\\n  \\w)[\\s\\S])*?)${pattern}`);

/** One edit a service at most: whatever is found in it comes of that. */
const ROUNDS: readonly (readonly [string, Readonly<Partial<Record<Service, Sabotage>>>])[] = [
  [
    "a root file system that can be written, a port for everybody, and root's powers",
    {
      app: {
        edit: "read_only: false",
        change: ["read_only: true", "read_only: false"],
        control: "read-only-root",
        achieved: /could write to .*\/app\/dist\/server\.js/,
        line: /read_only: false/,
      },
      db: {
        edit: "published on 0.0.0.0",
        change: ["image: postgres:15", 'image: postgres:15\n    ports: ["0.0.0.0:PORT:5432"]'],
        control: "datastore-unreachable",
        achieved: /PostgreSQL/,
        line: /ports: \["0\.0\.0\.0/,
      },
      redis: {
        edit: "no cap_drop",
        change: ["    cap_drop: \\[ALL\\][^\\n]*\\n", ""],
        control: "capabilities",
        achieved: /14 of \d+ capabilities can be gained|opened a raw socket/,
        line: /redis:/,
      },
    },
  ],
  [
    "root, the host's processes, and new privileges",
    {
      app: {
        edit: 'user: "0:0"',
        change: ['user: "10001:10001"', 'user: "0:0"'],
        control: "non-root",
        achieved: /the process is root/,
        line: /user: "0:0"/,
      },
      db: {
        edit: "pid: host",
        change: ["read_only: true", "pid: host\n    read_only: true"],
        control: "private-pid",
        achieved: /among the host's processes/,
        line: /pid: host/,
      },
      redis: {
        edit: "no no-new-privileges",
        change: ['"no-new-privileges:true", ', ""],
        control: "no-new-privileges",
        achieved: /made the process root/,
        line: /security_opt/,
      },
    },
  ],
  [
    "privileged, as many processes as it likes, and all system calls",
    {
      app: {
        edit: "privileged: true",
        change: ["read_only: true", "privileged: true\n    read_only: true"],
        control: "system-paths",
        achieved: /root reached \/proc/,
        line: /app:|security_opt/,
      },
      db: {
        edit: "no pids_limit",
        change: ["    pids_limit: \\d+\\n", ""],
        control: "pids-limit",
        achieved: /made \d+ processes/,
        line: /db:/,
      },
      redis: {
        edit: "seccomp=unconfined",
        change: ['"seccomp=seccomp.json"', '"seccomp=unconfined"'],
        control: "seccomp",
        achieved: /calls reached the kernel/,
        line: /seccomp=unconfined/,
      },
    },
  ],
  [
    "the host's files, and nobody to see to orphans",
    {
      app: {
        edit: "the host's / mounted",
        change: ["read_only: true", "volumes: [/:/host]\n    read_only: true"],
        control: "host-paths",
        achieved: /the host's \/ at \/host.*a file of the host/,
        line: /volumes: \[\/:\/host\]/,
      },
      redis: {
        edit: "no init",
        change: ["    init: true[^\\n]*\\n", ""],
        control: "no-zombies",
        achieved: /3 of 3 were zombies/,
        line: /redis:/,
      },
    },
  ],
];

describe.skipIf(!isRoot())("sabotage (needs root)", () => {
  let example: Sandbox;
  let original = "";
  beforeAll(async () => {
    example = await sandbox();
    original = readFileSync(join(example.project, "compose.yaml"), "utf8");
  });
  afterAll(() => example[Symbol.asyncDispose]());

  test.each(ROUNDS)(
    "%s",
    async (_, round) => {
      const sabotages = Object.entries(round) as [Service, Sabotage][];
      for (const [service, { change }] of sabotages) {
        const [pattern, replacement] = change;
        const port = String(example.port + 1);
        await example.edit("compose.yaml", (text) =>
          text.replace(inService(service, pattern), `$1${replacement.replace("PORT", port)}`),
        );
      }
      const { code, stdout, stderr } = await example.seaworthy(["prove", "--json"]);
      expect(code, stderr).toBe(1);
      expect(readFileSync(join(example.project, ".seaworthy/report.md"), "utf8")).toMatch(
        /breached, \d+ held[\s\S]*C1[\s\S]*C2[\s\S]*C3[\s\S]*Who gets through/,
      );
      const { findings } = JSON.parse(stdout) as { findings: Finding[] };
      const breached = findings.filter((finding) => finding.verdict === "breached");
      const lines = readFileSync(join(example.project, "compose.yaml"), "utf8").split("\n");
      for (const [service, { edit, control, achieved, line }] of sabotages) {
        const found = breached.filter((one) => one.service === service && one.control === control);
        expect(found.map((finding) => finding.hardened?.summary.en).join("; "), edit).toMatch(achieved);
        expect(found[0]?.fix?.en, edit).toBeTruthy();
        expect(lines[(found[0]?.source?.line ?? 0) - 1], edit).toMatch(line);
      }
      // The other services are as they were.
      expect(breached.filter(({ service }) => !Object.hasOwn(round, service))).toEqual([]);
      await example.edit("compose.yaml", () => original);
      expect(leftovers(example.env["SEAWORTHY_RUN_DIR"] ?? "", example.name)).toEqual(NOTHING);
    },
    120_000,
  );
});
