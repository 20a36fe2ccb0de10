/** The matrix: every claim holds in a hardened container, and falls when its control, and only that, is taken away. */
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Finding } from "@seaworthy/evidence";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Container } from "../engine/container.ts";
import { createLab, hardened, type Lab, traces, whyNotHere } from "../engine/runc/busybox.fixture.ts";
import { createRuncEngine } from "../engine/runc/runc.ts";
import { proveContainer } from "./prove-container.ts";

const reason = whyNotHere();
const MEBIBYTE = 1024 ** 2;
const TMPFS = { kind: "tmpfs", target: "/tmp", size: MEBIBYTE, mode: 0o1777, exec: false } as const;

describe.skipIf(reason !== undefined)(`attacks on runc${reason === undefined ? "" : ` (${reason})`}`, () => {
  let lab: Lab;
  let strict: Container;
  beforeAll(() => {
    lab = createLab(`matrix-${process.pid}`);
    strict = hardened(lab.image, "true", { mounts: [TMPFS] });
  });
  afterAll(() => {
    const left = traces(lab);
    lab[Symbol.dispose]();
    expect(left).toEqual([]);
  });

  async function prove(changes: Partial<Container> = {}): Promise<readonly Finding[]> {
    const workDirectory = join(lab.folder, "work");
    mkdirSync(workDirectory, { recursive: true });
    const engine = createRuncEngine(lab.options);
    const findings = await proveContainer(
      engine,
      { ...strict, ...changes },
      { podNetwork: undefined, workDirectory, concurrency: 4, source: () => undefined },
    );
    expect(readdirSync(workDirectory)).toEqual([]);
    return findings;
  }

  test("hardened: every attack is refused, and works in its twin", async () => {
    const findings = await prove();
    expect(findings.map(({ id, verdict, reason: why }) => [id, verdict, why?.en])).toEqual(
      findings.map(({ id }) => [id, "held", undefined]),
    );
    expect(new Set(findings.map((finding) => finding.id)).size).toBe(findings.length);
  });

  /** The change, and the claims that fall: no other may. */
  test.each<[string, () => Partial<Container>, readonly string[]]>([
    ["root", () => ({ user: { uid: 0, gid: 0, groups: [] } }), ["non-root.identity"]],
    ["root's group", () => ({ user: { uid: 10001, gid: 0, groups: [] } }), ["non-root.identity"]],
    [
      "no no-new-privileges",
      () => ({ noNewPrivileges: false }),
      ["no-new-privileges.set-uid-file"],
    ],
    [
      "capabilities",
      () => ({ capabilities: ["NET_RAW", "SYS_CHROOT"] }),
      ["capabilities.bounding-set", "capabilities.root-powers"],
    ],
    [
      "no seccomp",
      () => ({ seccomp: "unconfined" }),
      ["seccomp.witness-calls", "no-namespaces.user-namespace"],
    ],
    ["writable root", () => ({ readOnlyRoot: false }), ["read-only-root.write-root"]],
    ["executable tmpfs", () => ({ mounts: [{ ...TMPFS, exec: true }] }), ["tmpfs-noexec.execute-written"]],
    ["system paths", () => ({ systemPaths: "unconfined" }), ["system-paths.kernel-settings"]],
    [
      "no pids limit",
      () => ({ limits: { ...strict.limits, pids: undefined } }),
      ["pids-limit.fork-bomb"],
    ],
    [
      "no memory limit and no tmpfs size",
      () => ({ limits: { ...strict.limits, memory: undefined }, mounts: [{ ...TMPFS, size: undefined }] }),
      ["tmpfs-bounded.fill-tmpfs", "memory-limit.take-memory"],
    ],
    [
      "a folder of the host",
      () => ({ mounts: [TMPFS, { kind: "bind", source: lab.folder, target: "/host", readOnly: true }] }),
      ["host-paths.host-files"],
    ],
    ["the host's network", () => ({ network: "host" }), ["private-network.way-out"]],
  ])("%s: breached, and named", async (_, changes, expected) => {
    const findings = await prove(changes());
    const breached = findings.filter((finding) => finding.verdict === "breached");
    expect(breached.map((finding) => finding.id)).toEqual(expected.map((id) => `${id}/app`));
    for (const finding of breached) {
      expect(finding.hardened?.steps).not.toEqual([]);
      expect(finding.hardened?.summary.ru).not.toBe(finding.hardened?.summary.en);
      expect(finding.twin).toBeUndefined();
    }
  });
});
