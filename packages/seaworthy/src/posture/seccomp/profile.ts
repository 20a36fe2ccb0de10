/** A seccomp profile in Docker's format, which Compose files name: rules that depend on capabilities and processors. */
import type { Capability, Container } from "../../engine/container.ts";
import { Fault } from "../../fault/fault.ts";
import type { RuntimeSeccomp, SeccompRule } from "./runtime-seccomp.ts";

/** @see {@link https://docs.docker.com/engine/security/seccomp/} */
export interface SeccompProfile {
  readonly defaultAction: string;
  readonly defaultErrnoRet?: number;
  /** Entry points, when they do not depend on the machine. */
  readonly architectures?: readonly string[];
  readonly archMap?: readonly {
    readonly architecture: string;
    readonly subArchitectures?: readonly string[] | null;
  }[];
  readonly syscalls: readonly ProfileRule[];
}

export interface ProfileRule extends Omit<SeccompRule, "args"> {
  readonly args?: SeccompRule["args"] | null;
  readonly includes?: Condition;
  readonly excludes?: Condition;
}

interface Condition {
  readonly caps?: readonly string[];
  /** As Go calls them: `amd64`. */
  readonly arches?: readonly string[];
  /** `4.8`. */
  readonly minKernel?: string;
}

/** @throws Fault `posture/seccomp` */
export function parseProfile(text: string): SeccompProfile {
  const malformed = (found: string): Fault =>
    new Fault({
      code: "posture/seccomp",
      message: `expected a seccomp profile with a defaultAction and a list of syscalls, found ${found}`,
      hint: "Print one that works with: seaworthy seccomp",
    });
  let profile: SeccompProfile | null;
  try {
    profile = JSON.parse(text) as SeccompProfile | null;
  } catch (error) {
    throw malformed(error instanceof Error ? error.message : "no JSON");
  }
  const { defaultAction, syscalls = [] } = profile ?? {};
  if (typeof defaultAction !== "string" || !Array.isArray(syscalls)) throw malformed("something else");
  const wrong = syscalls.findIndex(
    ({ names, action }) =>
      typeof action !== "string" || !Array.isArray(names) || !names.every((name) => typeof name === "string"),
  );
  if (wrong !== -1) throw malformed(`syscalls[${wrong}] without names or an action`);
  return { ...profile, defaultAction, syscalls };
}

/** The same container under this profile. The text is always the same for the same profile. */
export function withProfile(container: Container, profile: SeccompProfile): Container {
  return {
    ...container,
    seccomp: "default",
    extras: { ...container.extras, seccompProfile: JSON.stringify(profile) },
  };
}

/** The profile that it runs under, when it has one of its own. */
export function ownProfile({ seccomp, extras }: Container): SeccompProfile | undefined {
  if (seccomp === "unconfined" || extras?.seccompProfile === undefined) return undefined;
  return parseProfile(extras.seccompProfile);
}

const ENTRY_POINTS = { amd64: "SCMP_ARCH_X86_64", arm64: "SCMP_ARCH_AARCH64" } as const;

/**
 * What it means for one container, in the form of the OCI runtime specification.
 * @param kernel that it will run on, as `uname -r` says it
 */
export function resolveProfile(
  profile: SeccompProfile,
  {
    capabilities,
    architecture,
    kernel,
  }: { capabilities: readonly Capability[]; architecture: "amd64" | "arm64"; kernel: string },
): RuntimeSeccomp {
  const { defaultAction, defaultErrnoRet, archMap, syscalls } = profile;
  const native = archMap?.find((entry) => entry.architecture === ENTRY_POINTS[architecture]);
  const mapped = native === undefined ? [] : [native.architecture, ...(native.subArchitectures ?? [])];
  const has = ({ caps = [], arches = [], minKernel }: Condition, every: boolean): boolean => {
    const held = caps.map((name) => capabilities.includes(name.replace(/^CAP_/, "")));
    if (minKernel !== undefined) held.push(isAtLeast(kernel, minKernel));
    const known = arches.map((name) => name === architecture);
    return every
      ? held.every(Boolean) && (known.length === 0 || known.includes(true))
      : held.concat(known).includes(true);
  };
  return {
    defaultAction,
    ...(defaultErrnoRet === undefined ? {} : { defaultErrnoRet }),
    architectures: profile.architectures ?? mapped,
    syscalls: syscalls
      .filter(({ includes = {}, excludes = {} }) => has(includes, true) && !has(excludes, false))
      .map(({ names, action, errnoRet, args }) => ({
        ...{ names, action },
        ...(errnoRet === undefined ? {} : { errnoRet }),
        ...(args === undefined || args === null || args.length === 0 ? {} : { args }),
      })),
  };
}

/** `6.18.44-amd64` and `4.8`: the first two numbers count. */
function isAtLeast(kernel: string, wanted: string): boolean {
  const numbers = (text: string): readonly number[] => text.split(/[.-]/).slice(0, 2).map(Number);
  const [major = 0, minor = 0] = numbers(kernel);
  const [wantedMajor = 0, wantedMinor = 0] = numbers(wanted);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}
