/** `explain`: what a claim says, why it matters, how it is set, and how it is put to the test. */
import { Fault } from "../fault/fault.ts";
import { closest } from "../recipe/closest.ts";
import { CLAIMS, type Claim } from "../report/claims.ts";

/**
 * @param id of a claim, or of a finding: `read-only-root.write-root/app`
 * @throws Fault `explain/unknown`
 */
export function explain(id: string): Claim {
  const wanted = id.replace(/[./].*$/, "");
  const found = CLAIMS.find((one) => one.id === wanted);
  if (found !== undefined) return found;
  const meant = closest(
    wanted,
    CLAIMS.map((one) => one.id),
  );
  throw new Fault({
    code: "explain/unknown",
    message: `expected the id of a claim, found "${id}"`,
    hint: `${meant === undefined ? "" : `Did you mean ${meant}? `}All of them: seaworthy explain`,
  });
}
