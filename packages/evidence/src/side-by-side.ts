/** Both attempts of a finding, act by act, and for each that was refused what refused it. */
import type { Finding, Text } from "./finding.ts";

export interface Compared {
  /** `open("/etc/passwd", O_WRONLY)`. */
  readonly did: string;
  /** What was seen in the container as it is declared; `undefined` for what only the twin came to. */
  readonly declared?: string;
  /** What was seen in the twin; `undefined` without one, and for what it did not come to. */
  readonly twin?: string;
  /**
   * The mechanism that the twin lacks, where the same act came to something else there. `unknown` where it was refused in
   * both: a permission, a security module, another control. Absent for what was not refused, or is not there at all.
   */
  readonly refusedBy?: Text | "unknown";
}

/** These say that somebody refused, and not who. Others (ENOENT, ENOSYS) say that there is nothing to refuse. */
const REFUSALS = new Set(["EPERM", "EACCES", "EROFS"]);

/** In the order in which things were done, the twin's own acts between those that both sides share. */
export function sideBySide({
  hardened,
  twin,
  mechanism,
}: Pick<Finding, "hardened" | "twin" | "mechanism">): readonly Compared[] {
  const rows: Compared[] = [];
  const waiting = [...(twin?.steps ?? [])];
  const twinAlone = (count: number): void => {
    for (const { did, saw } of waiting.splice(0, count)) rows.push({ did, twin: saw });
  };
  for (const { did, saw } of hardened?.steps ?? []) {
    const index = waiting.findIndex((step) => step.did === did);
    if (index >= 0) twinAlone(index);
    const same = index < 0 ? undefined : waiting.shift()?.saw;
    const refusedBy = same === undefined ? undefined : whoRefused(saw, same, mechanism);
    rows.push({
      ...{ did, declared: saw },
      ...(same === undefined ? {} : { twin: same }),
      ...(refusedBy === undefined ? {} : { refusedBy }),
    });
  }
  twinAlone(waiting.length);
  return rows;
}

function whoRefused(saw: string, same: string, mechanism: Text | undefined): Compared["refusedBy"] {
  // A number is what a call gave, not a refusal.
  if (/^\d+$/.test(saw)) return undefined;
  if (saw !== same) return mechanism;
  return REFUSALS.has(saw) ? "unknown" : undefined;
}
