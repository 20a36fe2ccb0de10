/** Compares our profile, call by call, with the one that Docker ships. */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { resolveSeccomp } from "./resolve.ts";

/** Package golang-github-docker-docker-dev (26.1.5, trixie) puts the original here. */
const ORIGINAL =
  process.env["SEAWORTHY_MOBY_SECCOMP"] ??
  "/usr/share/gocode/src/github.com/docker/docker/profiles/seccomp/default.json";
const present = existsSync(ORIGINAL);

interface Rule {
  readonly names: readonly string[];
  readonly action: string;
  readonly errnoRet?: number;
  readonly args?: readonly { index: number; value: number; valueTwo?: number; op: string }[];
}
interface Condition {
  readonly caps?: readonly string[];
  readonly arches?: readonly string[];
}
interface Original {
  readonly defaultErrnoRet: number;
  readonly archMap: readonly { architecture: string; subArchitectures: readonly string[] | null }[];
  readonly syscalls: readonly (Rule & { includes?: Condition; excludes?: Condition })[];
}

const DEFAULTS =
  "CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP SETPCAP NET_BIND_SERVICE SYS_CHROOT KILL AUDIT_WRITE".split(
    " ",
  );
const SPECIAL =
  "BPF DAC_READ_SEARCH PERFMON SYS_ADMIN SYS_BOOT SYS_CHROOT SYSLOG SYS_MODULE SYS_NICE SYS_PACCT SYS_PTRACE SYS_RAWIO SYS_TIME SYS_TTY_CONFIG".split(
    " ",
  );
const CAPABILITY_SETS: [string, string[]][] = [
  ["none", []],
  ["Docker's defaults", DEFAULTS],
  ["all", [...new Set([...DEFAULTS, ...SPECIAL])]],
  ...SPECIAL.map((capability): [string, string[]] => [capability, [capability]]),
];
/** First arguments that some rule looks at, and some that none does. */
const ARGUMENTS = [
  ...Array.from({ length: 46 }, (_, family) => family),
  ...[8, 0x2_0000, 0x2_0008, 0x4_0000, 0xffff_ffff, 0x1200_011],
  ...Array.from({ length: 32 }, (_, bit) => 2 ** bit),
];

describe.skipIf(!present)(`equal to ${ORIGINAL}${present ? "" : " (which is not on this machine)"}`, () => {
  const original = present ? (JSON.parse(readFileSync(ORIGINAL, "utf8")) as Original) : undefined;

  test.each(
    (["amd64", "arm64"] as const).flatMap((arch) =>
      CAPABILITY_SETS.map(([name, capabilities]) => ({ arch, name, capabilities })),
    ),
  )("$arch with capabilities: $name", ({ arch, capabilities }) => {
    const theirs = resolveOriginal(original as Original, arch, capabilities);
    const ours = resolveSeccomp({ capabilities, architecture: arch });
    const names = new Set([...theirs, ...ours.syscalls].flatMap((rule) => rule.names));
    const different: string[] = [];
    for (const name of names) {
      for (const argument of ARGUMENTS) {
        const [their, our] = [effect(theirs, name, argument), effect(ours.syscalls, name, argument)];
        if (their !== our) different.push(`${name}(${argument}): theirs ${their}, ours ${our}`);
      }
    }
    const newer = effect(theirs, "socket", 38) === "SCMP_ACT_ALLOW" ? ["socket(38)"] : [];
    const beyond = ARGUMENTS.filter((family) => family > 45).map((family) => `socket(${family})`);
    expect(different.map((line) => line.split(":")[0])).toEqual([...newer, ...beyond]);
  });

  test.each([
    ["amd64", "SCMP_ARCH_X86_64"],
    ["arm64", "SCMP_ARCH_AARCH64"],
  ] as const)("entry points and default answer on %s", (arch, native) => {
    const ours = resolveSeccomp({ capabilities: [], architecture: arch });
    const entry = original?.archMap.find((each) => each.architecture === native);
    expect(ours.architectures).toEqual([native, ...(entry?.subArchitectures ?? [])]);
    expect(ours.defaultErrnoRet).toBe(original?.defaultErrnoRet);
  });
});

test("the upper half of an argument does not slip past the family check", () => {
  const { syscalls } = resolveSeccomp({ capabilities: [], architecture: "amd64" });
  expect(effect(syscalls, "socket", 2)).toBe("SCMP_ACT_ALLOW");
  expect(effect(syscalls, "socket", 2 ** 32 + 38)).toBe("default");
});

test("no call is listed twice", () => {
  const names = resolveSeccomp({ capabilities: [], architecture: "amd64" }).syscalls[0]?.names ?? [];
  expect(new Set(names).size).toBe(names.length);
});

/** How Docker reads its own file: a rule counts when all of `includes` and none of `excludes` applies. */
function resolveOriginal(original: Original, arch: string, capabilities: readonly string[]): readonly Rule[] {
  const has = (capability: string): boolean => capabilities.includes(capability.replace("CAP_", ""));
  return original.syscalls.filter(({ includes, excludes }) => {
    if (excludes?.arches?.includes(arch) || excludes?.caps?.some(has)) return false;
    if (includes?.arches !== undefined && !includes.arches.includes(arch)) return false;
    return (includes?.caps ?? []).every(has);
  });
}

/** What the filter answers when every argument has the same value. */
function effect(rules: readonly Rule[], name: string, argument: number): string {
  const answers = rules
    .filter(
      (rule) => rule.names.includes(name) && (rule.args ?? []).every((check) => matches(check, argument)),
    )
    .map((rule) => (rule.errnoRet === undefined ? rule.action : `${rule.action} ${rule.errnoRet}`));
  return answers.length === 0 ? "default" : [...new Set(answers)].toSorted().join(" and ");
}

function matches(check: { value: number; valueTwo?: number; op: string }, argument: number): boolean {
  switch (check.op) {
    case "SCMP_CMP_EQ":
      return argument === check.value;
    case "SCMP_CMP_NE":
      return argument !== check.value;
    case "SCMP_CMP_LT":
      return argument < check.value;
    case "SCMP_CMP_MASKED_EQ":
      return (BigInt(argument) & BigInt(check.value)) === BigInt(check.valueTwo ?? 0);
    default:
      throw new Error(`unknown comparison ${check.op}`);
  }
}
