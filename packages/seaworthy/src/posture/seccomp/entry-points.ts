/** By which doors a profile lets calls into the kernel: that of the processor, and those of its 32-bit programs. */
import type { SeccompProfile } from "./profile.ts";

const NATIVE: ReadonlySet<string> = new Set(["SCMP_ARCH_X86_64", "SCMP_ARCH_AARCH64"]);

/** As Docker's profile has them. */
export const EVERY_ENTRY_POINT: NonNullable<SeccompProfile["archMap"]> = [
  { architecture: "SCMP_ARCH_X86_64", subArchitectures: ["SCMP_ARCH_X86", "SCMP_ARCH_X32"] },
  { architecture: "SCMP_ARCH_AARCH64", subArchitectures: ["SCMP_ARCH_ARM"] },
];

/** A filter that names no door has only the one that the runtime itself came by. */
export function takes32BitCalls({ architectures = [], archMap = [] }: SeccompProfile): boolean {
  const doors = [...architectures, ...archMap.flatMap(({ subArchitectures }) => subArchitectures ?? [])];
  return doors.some((door) => !NATIVE.has(door));
}

/** The same with the processor's own door only: who comes by another one is ended with SIGSYS. */
export function nativeOnly(profile: SeccompProfile): SeccompProfile {
  const { architectures, archMap } = profile;
  return {
    ...profile,
    ...(architectures === undefined
      ? {}
      : { architectures: architectures.filter((door) => NATIVE.has(door)) }),
    ...(archMap === undefined ? {} : { archMap: archMap.map(({ architecture }) => ({ architecture })) }),
  };
}

/** The same with every door. */
export function taking32BitCalls(profile: SeccompProfile): SeccompProfile {
  const { architectures: _, ...rest } = profile;
  return { ...rest, archMap: EVERY_ENTRY_POINT };
}
