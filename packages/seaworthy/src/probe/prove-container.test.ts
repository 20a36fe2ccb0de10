/** Single containers on a real engine: what holds, what is absent, and what cannot be told. The matrix has the rest. */
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Finding } from "@seaworthy/evidence";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Container } from "../engine/container.ts";
import { createLab, hardened, type Lab, traces, whyNotHere } from "../engine/runc/busybox.fixture.ts";
import { createRuncEngine } from "../engine/runc/runc.ts";
import { STRICT_CONTROLS } from "../posture/controls.ts";
import { harden } from "../posture/harden.ts";
import { learnedProfile } from "../posture/seccomp/learned.ts";
import { allowing } from "../posture/seccomp/portable.ts";
import { strictProfile } from "../posture/seccomp/strict-profile.ts";
import type { AttackStep } from "../recipe/probe-file.ts";
import { SYSCALLS } from "../trampoline/syscalls.ts";
import type { Probe } from "./probe.ts";
import { proveContainer } from "./prove-container.ts";
import { fromDeclared, toProbe } from "./user-probe.ts";

const reason = whyNotHere();
const MEBIBYTE = 1024 ** 2;
const TMPFS = { kind: "tmpfs", target: "/tmp", size: MEBIBYTE, mode: 0o1777, exec: false } as const;

describe.skipIf(reason !== undefined)(`attacks on runc${reason === undefined ? "" : ` (${reason})`}`, () => {
  let lab: Lab;
  let strict: Container;
  let started: Container[] = [];
  beforeAll(() => {
    lab = createLab(`matrix-${process.pid}`);
    strict = harden(hardened(lab.image, "true", { mounts: [TMPFS] }), STRICT_CONTROLS);
  });
  afterAll(() => {
    const left = traces(lab);
    lab[Symbol.dispose]();
    expect(left).toEqual([]);
  });

  async function prove(
    changes: Partial<Container> = {},
    more: readonly Probe[] = [],
  ): Promise<readonly Finding[]> {
    const workDirectory = join(lab.folder, "work");
    mkdirSync(workDirectory, { recursive: true });
    const engine = createRuncEngine(lab.options);
    started = [];
    const findings = await proveContainer(
      {
        ...engine,
        start(container, options) {
          started.push(container);
          return engine.start(container, options);
        },
      },
      { ...strict, ...changes },
      { network: undefined, workDirectory, concurrency: 4, posture: "strict", more, source: () => undefined },
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

  test("with an init in front of the service every attack is made as without: the prover's program comes first", async () => {
    const findings = await prove({ extras: { ...strict.extras, init: true } });
    expect(findings.map(({ id, verdict, reason: why }) => [id, verdict, why?.en])).toEqual(
      findings.map(({ id }) => [id, "held", undefined]),
    );
    expect(started.length).toBeGreaterThan(40);
    expect(started.filter(({ extras }) => extras?.init === true)).toEqual([]);
  });

  test("a folder of the user's in place of the root file system is left as it was", async () => {
    const source = join(lab.folder, "bound");
    mkdirSync(source);
    const bind = { kind: "bind", source, target: "/home/", readOnly: false } as const;
    const findings = await prove({ workingDirectory: "/home", mounts: [TMPFS, bind] });
    expect(verdicts(findings, "read-only-root")).toEqual(["held", "held"]);
    expect(readdirSync(source)).toEqual([]);
  });

  test("what cannot be tried is never said to hold", async () => {
    const large = await prove({ mounts: [TMPFS, { ...TMPFS, target: "/data", size: 64 * MEBIBYTE }] });
    expect(verdicts(large, "tmpfs-bounded")).toEqual(["unproven"]);
    const other = await prove({
      mounts: [{ ...TMPFS, mode: 0o755 }],
      limits: { ...strict.limits, pids: 100_000 },
    });
    for (const control of ["tmpfs-bounded", "tmpfs-noexec", "pids-limit"])
      expect(verdicts(other, control), control).toEqual(["unproven"]);
  });

  test("without a tmpfs there is nothing to fill", async () => {
    const findings = await prove({ mounts: [] });
    expect(verdicts(findings, "tmpfs-bounded")).toEqual(["absent"]);
    expect(verdicts(findings, "tmpfs-noexec")).toEqual(["absent"]);
  });

  test("under a profile that was learned every other control is still told apart from it", async () => {
    const learned = learnedProfile(strictProfile(), ["setxattr"]);
    const findings = await prove({ extras: { seccompProfile: JSON.stringify(learned) } });
    expect(findings.filter(({ verdict }) => verdict !== "held")).toEqual([]);
    const [own] = findings.filter(({ control }) => control === "only-needed-calls");
    expect(own).toMatchObject({
      hardened: { outcome: "refused", summary: { en: expect.stringMatching(/^all of 22 calls/) as string } },
      twin: { outcome: "breached" },
    });
    expect(own?.loosened?.en).toMatch(/flock/);
    expect(own?.hardened?.steps.map(({ did }) => did)).not.toContain("setxattr(nonsense)");
  });

  test("one that was not is attacked as it is: a hole in it is no claim of its posture's", async () => {
    const wide = allowing(strictProfile(), ["ptrace"]);
    const findings = await prove({ extras: { seccompProfile: JSON.stringify(wide) } });
    expect(verdicts(findings, "no-tracing")).toEqual(["breached"]);
    expect(verdicts(findings, "only-needed-calls")).toEqual([]);
    const cut = allowing(learnedProfile(strictProfile(), []), ["ptrace"]);
    const narrow = await prove({ extras: { seccompProfile: JSON.stringify(cut) } });
    expect(verdicts(narrow, "no-tracing")).not.toEqual(["held"]);
  });

  test("without a filter its claim is breached, whatever capabilities refuse; newer calls are tried too", async () => {
    // amicontained takes each EPERM for the filter's, and ends before call 335.
    const findings = await prove({ seccomp: "unconfined", extras: {} });
    expect(verdicts(findings, "seccomp")).toEqual(["breached"]);
    expect(new Set(verdicts(findings, "capabilities"))).toEqual(new Set(["held"]));
    const [filter] = findings.filter(({ control }) => control === "seccomp");
    const reached = (filter?.hardened?.steps ?? []).filter(({ saw }) => saw !== "EPERM" && saw !== "ENOSYS");
    const names = reached.map(({ did }) => did.replace(/\(.*$/, "") as keyof typeof SYSCALLS);
    expect(names.filter((name) => SYSCALLS[name] > 334)).toEqual(["io_uring_setup", "pidfd_getfd", "clone3"]);
  });

  test("what else refuses an attack is named: one other control, several, or none of them", async () => {
    const attack = (path: string): AttackStep[] => [{ kind: "open", path, for: "writing" }];
    const findings = await prove({}, [
      own("setting", attack("/proc/sys/kernel/core_pattern"), ["EROFS"]),
      { ...own("both", attack("/proc/sys/kernel/core_pattern"), ["EROFS", "EACCES"]), as: "declared" },
      own("busy", attack("/.seaworthy-nobody-has-this/file"), ["ENOENT"]),
    ]);
    const reasonOf = (id: string): string | undefined =>
      findings.find((finding) => finding.id === `read-only-root.${id}/app`)?.reason?.en;
    expect(reasonOf("setting")).toMatch(/by system-paths: read-only and masked paths/);
    expect(reasonOf("both")).toMatch(/other controls refuse it together/);
    expect(reasonOf("busy")).toMatch(/something else on this machine/);
  });

  test("attacks of the user's own have twins, too, and what they did not expect proves nothing", async () => {
    const making = { kind: "open", path: "/etc/own", for: "making" } as const;
    const busybox = { kind: "open", path: "/bin/busybox", for: "writing" } as const;
    const cases: readonly (readonly [Probe, string | undefined])[] = [
      [own("refused", [making], ["EROFS"]), "held"],
      [own("either", [making, busybox], ["EROFS", "ETXTBSY"]), "held"],
      [own("other", [making], ["EPERM"]), "unproven"],
      [own("missing", [{ kind: "open", path: "/nowhere", for: "reading" }], ["EROFS"]), "unproven"],
      [own("works", [{ kind: "open", path: "/tmp/own", for: "making" }], ["EROFS"]), "breached"],
      [own("no-twin", [{ kind: "socket", family: 16, type: 3 }], ["EPERM"]), "unproven"],
      [{ ...own("elsewhere", [making], ["EROFS"]), services: ["db"] }, undefined],
    ];
    const findings = await prove(
      {},
      cases.map(([probe]) => probe),
    );
    for (const [{ id }, verdict] of cases) {
      const found = findings.find((finding) => finding.id === `read-only-root.${id}/app`);
      expect(found?.verdict, `${id}: ${found?.reason?.en}`).toBe(verdict);
      expect(found?.claim.en ?? "nobody makes files there").toBe("nobody makes files there");
    }
  });
});

function own(id: string, attack: readonly AttackStep[], refused: readonly string[]): Probe {
  const place = { file: "probes.yaml", line: 1 };
  const claim = { en: "nobody makes files there", ru: "никто не создаёт там файлов" };
  const declared = {
    id,
    claim,
    control: "read-only-root",
    services: undefined,
    as: "root",
    attack,
    refused,
    place,
  } as const;
  const probe = toProbe(fromDeclared(declared));
  if (probe === undefined) throw new Error("no such control");
  return probe;
}

function verdicts(findings: readonly Finding[], control: string): readonly string[] {
  return findings.filter((finding) => finding.control === control).map((finding) => finding.verdict);
}
