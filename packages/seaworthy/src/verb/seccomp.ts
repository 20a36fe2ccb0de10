/** `seccomp`: the profile of a posture as a file, which `security_opt` of any Compose file can name. */
import type { Posture } from "../posture/controls.ts";
import { portableProfile } from "../posture/seccomp/portable.ts";
import { strictProfile } from "../posture/seccomp/strict-profile.ts";

/** In Docker's format, the same on every machine. */
export function seccompFile(posture: Posture): string {
  const profile = posture === "strict" ? strictProfile() : portableProfile();
  return `${JSON.stringify(profile, undefined, 2)}\n`;
}
