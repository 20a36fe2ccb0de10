/** What a reader asks of a claim beside whether it holds: why it matters, and how it is set where there is no Compose file. */
import type { Text } from "@seaworthy/evidence";

export interface About {
  /** In two sentences: what can happen without it. */
  readonly why: Text;
  /** Of `docker run`, in its own words. */
  readonly docker: string;
  /** A field of a pod or its container; `undefined` where Kubernetes has none. */
  readonly kubernetes: string | undefined;
  /**
   * `benchmark@version:item`, for the numbers of an item differ from version to version. Of the CIS Docker Benchmark, the
   * OWASP Docker Security cheat sheet (rules), NIST SP 800-190 (countermeasures), and the Pod Security Standards (fields).
   */
  readonly references: readonly string[];
}
