/** One character a verdict, and which of several counts. */
import type { Finding, Verdict } from "@seaworthy/evidence";

export const MARKS: Readonly<Record<Verdict, string>> = {
  held: "✅",
  breached: "❌",
  unproven: "❓",
  absent: "–",
  waived: "⚠️",
};

/** What a reader must see first. */
export const WORST_FIRST: readonly Verdict[] = ["breached", "unproven", "waived", "held", "absent"];

export function worstOf(findings: readonly Finding[]): Verdict | undefined {
  return WORST_FIRST.find((wanted) => findings.some(({ verdict }) => verdict === wanted));
}
