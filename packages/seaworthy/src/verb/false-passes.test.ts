/** What others let pass, each seen in their source: none of it is a pass here. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SILENT } from "../progress/progress.ts";
import { check } from "./check.ts";
import type { VerbIo } from "./verb.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "false-passes-"));
});
afterAll(() => rm(folder, { recursive: true }));

const service = (keys: string): string => `services:\n  app:\n    image: a\n${keys}\n`;
const PROFILE = { "open.json": '{"defaultAction":"SCMP_ACT_ALLOW"}' };

test.each<[who: string, files: Record<string, string>, finding: string]>([
  ...["0", "0:0", "root:root"].map((user): [string, Record<string, string>, string] => [
    `dockle CIS-DI-0001 compares with "" and root: USER ${user}`,
    { Dockerfile: `FROM alpine\nUSER ${user}` },
    "non-root",
  ]),
  ...["0:0", "root:root"].map((user): [string, Record<string, string>, string] => [
    `docker-bench 4.1 compares with 0 and root: user ${user}`,
    { "compose.yaml": service(`    user: "${user}"`) },
    "non-root",
  ]),
  [
    "docker-bench 5.26 looks for the words",
    { "compose.yaml": service('    security_opt: ["no-new-privileges:false"]') },
    "no-new-privileges",
  ],
  [
    "docker-bench 5.22 looks for unconfined alone",
    { "compose.yaml": service('    security_opt: ["seccomp=open.json"]'), ...PROFILE },
    "kept-confinement",
  ],
  [
    "docker-bench 5.4 looks at what is added alone",
    { "compose.yaml": service("    cap_add: []") },
    "capabilities",
  ],
  ...["/run:/run", "/run/containerd/containerd.sock:/c", "/run/podman/podman.sock:/p"].map(
    (volume): [string, Record<string, string>, string] => [
      `docker-bench 5.32 looks for docker.sock: ${volume}`,
      { "compose.yaml": service(`    volumes: ["${volume}"]`) },
      "no-control-socket",
    ],
  ),
  [
    "hadolint DL3002 sees only a USER that is written",
    { Dockerfile: 'FROM node:24\nCMD ["node"]' },
    "non-root",
  ],
  [
    "trivy DS-0002 takes the last USER of all stages",
    { Dockerfile: 'FROM node:24 AS build\nUSER node\nFROM node:24\nCMD ["node"]' },
    "non-root",
  ],
  [
    "trivy DS-0002 does not resolve arguments",
    { Dockerfile: "ARG X\nFROM node:24\nARG USER_ID=0\nUSER $USER_ID" },
    "non-root",
  ],
])("%s", async (_, files, finding) => {
  const directory = await mkdtemp(join(folder, "case-"));
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
  const { findings } = await check({ directory }, {
    ...{ progress: SILENT, signal: new AbortController().signal, env: {}, now: () => new Date("2026-11-23") },
    ...{ stdin: () => Promise.resolve(Buffer.alloc(0)), warn: () => undefined, onStack: () => undefined },
  } satisfies VerbIo);
  expect(findings.find(({ control }) => control === finding)?.verdict).toBe("breached");
});
