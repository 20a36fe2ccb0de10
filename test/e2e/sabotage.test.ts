/** One edit of the Compose file each, and the proof names the claim, the service, the line, and what the attack achieved. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Finding } from "@seaworthy/evidence";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isRoot, type Sandbox, sandbox } from "./cli.ts";
import { leftovers, NOTHING } from "./leftovers.ts";

interface Sabotage {
  readonly edit: string;
  /** What is replaced, and by what. */
  readonly change: readonly [RegExp, string];
  readonly service: string;
  readonly control: string;
  /** What the attack achieved, in the report's words. */
  readonly achieved: RegExp;
  /** The key whose line is named, and what stands on that line. */
  readonly line: RegExp;
}

/** The app's own block of the file: up to the next service. */
const inApp = (pattern: string): RegExp => new RegExp(`(\\n  app:\\n(?:(?!\\n  \\w)[\\s\\S])*?)${pattern}`);
const inDb = (pattern: string): RegExp => new RegExp(`(\\n  db:\\n(?:(?!\\n  \\w)[\\s\\S])*?)${pattern}`);

const SABOTAGES: readonly Sabotage[] = [
  {
    edit: "read_only: false",
    change: [inApp("read_only: true"), "$1read_only: false"],
    ...{
      service: "app",
      control: "read-only-root",
      achieved: /could write to .*\/app\/dist\/server\.js/,
      line: /read_only: false/,
    },
  },
  {
    edit: 'user: "0:0"',
    change: [inApp('user: "10001:10001"'), '$1user: "0:0"'],
    ...{ service: "app", control: "non-root", achieved: /the process is root/, line: /user: "0:0"/ },
  },
  {
    edit: "no cap_drop",
    change: [inApp("    cap_drop: \\[ALL\\][^\\n]*\\n"), "$1"],
    ...{
      service: "app",
      control: "capabilities",
      achieved: /14 of \d+ capabilities can be gained|opened a raw socket/,
      line: /app:/,
    },
  },
  {
    edit: "no no-new-privileges",
    change: [inApp("    security_opt:[^\\n]*\\n"), "$1"],
    ...{ service: "app", control: "no-new-privileges", achieved: /made the process root/, line: /app:/ },
  },
  {
    edit: "seccomp=unconfined",
    change: [inApp('\\["no-new-privileges:true"\\]'), '$1["no-new-privileges:true", "seccomp=unconfined"]'],
    ...{
      service: "app",
      control: "seccomp",
      achieved: /calls reached the kernel/,
      line: /seccomp=unconfined/,
    },
  },
  {
    edit: "privileged: true",
    change: [inApp("read_only: true"), "$1privileged: true\n    read_only: true"],
    ...{
      service: "app",
      control: "system-paths",
      achieved: /root reached \/proc/,
      line: /app:|security_opt/,
    },
  },
  {
    edit: "the host's / mounted",
    change: [inApp("read_only: true"), "$1volumes: [/:/host]\n    read_only: true"],
    ...{
      service: "app",
      control: "host-paths",
      achieved: /the host's \/ at \/host.*a file of the host/,
      line: /volumes: \[\/:\/host\]/,
    },
  },
  {
    edit: "pid: host",
    change: [inApp("read_only: true"), "$1pid: host\n    read_only: true"],
    ...{ service: "app", control: "private-pid", achieved: /among the host's processes/, line: /pid: host/ },
  },
  {
    edit: "no pids_limit",
    change: [inApp("    pids_limit: \\d+\\n"), "$1"],
    ...{ service: "app", control: "pids-limit", achieved: /made \d+ processes/, line: /app:/ },
  },
  {
    edit: "the database published on 0.0.0.0",
    change: [inDb("image: postgres:15"), '$1image: postgres:15\n    ports: ["0.0.0.0:PORT:5432"]'],
    ...{
      service: "db",
      control: "datastore-unreachable",
      achieved: /PostgreSQL/,
      line: /ports: \["0\.0\.0\.0/,
    },
  },
];

describe.skipIf(!isRoot())("sabotage (needs root)", () => {
  let example: Sandbox;
  let original = "";
  beforeAll(async () => {
    example = await sandbox();
    original = readFileSync(join(example.project, "compose.yaml"), "utf8");
  });
  afterAll(() => example[Symbol.asyncDispose]());

  test.each(SABOTAGES)(
    "$edit",
    async ({ change: [pattern, replacement], service, control, achieved, line }) => {
      await example.edit("compose.yaml", () =>
        original.replace(pattern, replacement.replace("PORT", String(example.port + 1))),
      );
      const { code, stdout, stderr } = await example.seaworthy(["prove", "--json"]);
      expect(code, stderr).toBe(1);
      const { findings } = JSON.parse(stdout) as { findings: Finding[] };
      const breached = findings.filter((finding) => finding.verdict === "breached");
      const found = breached.filter((finding) => finding.service === service && finding.control === control);
      expect(found.map((finding) => finding.hardened?.summary.en).join("; ")).toMatch(achieved);
      expect(found[0]?.fix?.en).toBeTruthy();
      const lines = readFileSync(join(example.project, "compose.yaml"), "utf8").split("\n");
      expect(lines[(found[0]?.source?.line ?? 0) - 1]).toMatch(line);
      // The other services are as they were.
      expect(breached.map((finding) => finding.service)).toEqual(breached.map(() => service));
      await example.edit("compose.yaml", () => original);
      expect(leftovers(example.env["SEAWORTHY_RUN_DIR"] ?? "", example.name)).toEqual(NOTHING);
    },
    120_000,
  );
});
