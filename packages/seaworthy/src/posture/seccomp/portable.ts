/** The default profile as a file that any engine takes on any machine, and what may be taken out of it or put back. */
import type { Container } from "../../engine/container.ts";
import { ALLOWED } from "./allowed.ts";
import { BY_ARCHITECTURE, BY_ARGUMENT, BY_CAPABILITY, WITHOUT_SYS_ADMIN } from "./conditional.ts";
import { EVERY_ENTRY_POINT, nativeOnly, takes32BitCalls } from "./entry-points.ts";
import { ownProfile, type ProfileRule, type SeccompProfile } from "./profile.ts";
import type { SeccompArgument } from "./runtime-seccomp.ts";

const EPERM = 1;

/** Equal in effect to {@link resolveSeccomp} on every machine and for every set of capabilities. */
export function portableProfile(): SeccompProfile {
  const ofArchitectures = Object.entries(BY_ARCHITECTURE).map(
    ([arch, names]): ProfileRule => ({ names, action: "SCMP_ACT_ALLOW", includes: { arches: [arch] } }),
  );
  const ofCapabilities = [...BY_CAPABILITY].map(
    ([name, names]): ProfileRule => ({
      ...{ names, action: "SCMP_ACT_ALLOW" },
      includes: { caps: [`CAP_${name}`] },
    }),
  );
  return {
    defaultAction: "SCMP_ACT_ERRNO",
    defaultErrnoRet: EPERM,
    archMap: EVERY_ENTRY_POINT,
    syscalls: [
      { names: ALLOWED.flatMap(({ names }) => names).toSorted(), action: "SCMP_ACT_ALLOW" },
      ...ofArchitectures,
      ...ofCapabilities,
      ...BY_ARGUMENT,
      ...WITHOUT_SYS_ADMIN.map((rule) => ({ ...rule, excludes: { caps: ["CAP_SYS_ADMIN"] } })),
    ],
  };
}

/** What a container runs under, as a profile that can be changed. */
export function profileOf(container: Container): SeccompProfile {
  return ownProfile(container) ?? portableProfile();
}

/** The same without these calls, whatever their arguments. */
export function refusing(profile: SeccompProfile, names: readonly string[]): SeccompProfile {
  const syscalls = profile.syscalls
    .map((rule) =>
      allows(rule) ? { ...rule, names: rule.names.filter((name) => !names.includes(name)) } : rule,
    )
    .filter((rule) => rule.names.length > 0);
  return { ...profile, syscalls };
}

/** The same with these calls allowed. */
export function allowing(
  profile: SeccompProfile,
  names: readonly string[],
  args?: readonly SeccompArgument[],
): SeccompProfile {
  const rule: ProfileRule = { names, action: "SCMP_ACT_ALLOW", ...(args === undefined ? {} : { args }) };
  return { ...profile, syscalls: [...profile.syscalls, rule] };
}

/** Whether a call may be made with at least some arguments, whoever has which capability. */
export function allowsCall(profile: SeccompProfile, name: string): boolean {
  return (
    allowsByDefault(profile) || profile.syscalls.some((rule) => allows(rule) && rule.names.includes(name))
  );
}

/** The highest family that a kernel of today has. */
const LAST_FAMILY = 46;

/**
 * The same without sockets of one family. A filter has no "not equal" beside its other rules: the others are named. To
 * programs of 32 bits libseccomp gives socketcall along with socket, and that one's arguments are in memory, where no filter
 * looks: their door is closed.
 * @see {@link https://github.com/seccomp/libseccomp/blob/main/src/arch-x86.c}
 */
export function refusingFamily(profile: SeccompProfile, family: number): SeccompProfile {
  const syscalls = profile.syscalls.flatMap((rule): readonly ProfileRule[] => {
    if (!allows(rule) || !rule.names.includes("socket")) return [rule];
    const others = rule.names.filter((name) => name !== "socket");
    const [argument] = rule.args ?? [];
    const left = others.length === 0 ? [] : [{ ...rule, names: others }];
    const socket = (args: readonly SeccompArgument[]): ProfileRule => ({ ...rule, names: ["socket"], args });
    const below = socket([{ index: 0, value: family, op: "SCMP_CMP_LT" }]);
    const between = (end: number): readonly ProfileRule[] =>
      Array.from({ length: Math.max(0, end - family - 1) }, (_, index) =>
        socket([{ index: 0, value: family + 1 + index, op: "SCMP_CMP_EQ" }]),
      );
    if (argument === undefined) return [...left, below, ...between(LAST_FAMILY)];
    if (argument.op === "SCMP_CMP_EQ") return argument.value === family ? left : [rule];
    if (argument.op === "SCMP_CMP_LT" && argument.value > family)
      return [...left, below, ...between(argument.value)];
    return [rule];
  });
  return { ...nativeOnly(profile), syscalls };
}

/** Whether a socket of the family may be opened. */
export function allowsFamily(profile: SeccompProfile, family: number): boolean {
  if (allowsByDefault(profile) || (takes32BitCalls(profile) && allowsCall(profile, "socket"))) return true;
  return profile.syscalls.some((rule) => {
    if (!allows(rule) || !rule.names.includes("socket")) return false;
    const [argument] = rule.args ?? [];
    if (argument === undefined) return true;
    return argument.op === "SCMP_CMP_EQ"
      ? argument.value === family
      : argument.op !== "SCMP_CMP_LT" || family < argument.value;
  });
}

/** What it does not name goes through: also every call that is added to the kernel later. */
export function allowsByDefault({ defaultAction }: SeccompProfile): boolean {
  return !refuses(defaultAction);
}

function allows({ action }: ProfileRule): boolean {
  return !refuses(action);
}

function refuses(action: string): boolean {
  return /^SCMP_ACT_(?:ERRNO|KILL|KILL_PROCESS|KILL_THREAD|TRAP)$/.test(action);
}
