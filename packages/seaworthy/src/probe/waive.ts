/** Lets a breach pass that somebody accepts: still attacked, still shown, and only until its day. */
import type { Finding } from "@seaworthy/evidence";
import type { Waiver } from "../recipe/demands.ts";

/** A claim that holds needs no waiver, and keeps its verdict. */
export function waive(finding: Finding, waivers: readonly Waiver[], now: Date): Finding {
  if (finding.verdict !== "breached") return finding;
  const waiver = waivers.find(
    ({ control, service }) => control === finding.control && service === finding.service,
  );
  if (waiver === undefined) return finding;
  const { owner, until, reason } = waiver;
  if (now.toISOString().slice(0, 10) > until) {
    return {
      ...finding,
      reason: {
        en: `${owner} accepted it until ${until}, which is over: ${reason}`,
        ru: `${owner}: принято до ${until}, срок истёк: ${reason}`,
      },
    };
  }
  return {
    ...finding,
    verdict: "waived",
    reason: {
      en: `${owner} accepts it until ${until}: ${reason}`,
      ru: `${owner}: принято до ${until}: ${reason}`,
    },
  };
}
