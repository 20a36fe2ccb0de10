/** What a reader asks of a claim beside whether it holds: why it matters, and how it is set where there is no Compose file. */
import type { Text } from "@seaworthy/evidence";

/**
 * What an intruder into the service gains where the claim fails:
 * - `critical`: the machine, or a secret, at once
 * - `high`: a way to the machine, or to the other services, that needs no further hole, or one that is found every year
 * - `medium`: a foothold that lasts, or the service's end for everybody
 * - `low`: more tools; or nobody attacks, and the service is worse to run
 */
export type Severity = "low" | "medium" | "high" | "critical";

export const SEVERITIES: readonly Severity[] = ["low", "medium", "high", "critical"];

export interface About {
  readonly severity: Severity;
  /** In two sentences: what can happen without it. */
  readonly why: Text;
  /** Of `docker run`, in its own words; `undefined` for what is decided when the image is built. */
  readonly docker: string | undefined;
  /** A field of a pod or its container; `undefined` where Kubernetes has none. */
  readonly kubernetes: string | undefined;
  /**
   * `benchmark@version:item`, for the numbers of an item differ from version to version. Of the CIS Docker Benchmark, the
   * OWASP Docker Security cheat sheet (rules), NIST SP 800-190 (countermeasures), and the Pod Security Standards (fields).
   */
  readonly references: readonly string[];
}
