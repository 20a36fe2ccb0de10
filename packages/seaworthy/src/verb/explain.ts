/** `explain`: what a claim says, why it matters, how it is set, and how it is put to the test. */
import type { Text } from "@seaworthy/evidence";
import { Fault } from "../fault/fault.ts";
import { RULES } from "../inspect/inspect-image.ts";
import type { About } from "../posture/about.ts";
import { probesOf } from "../probe/probes.ts";
import { STACK_CLAIMS } from "../probe/stack/claims.ts";
import { closest } from "../recipe/closest.ts";

export interface Explanation {
  /** `read-only-root`: what findings and waivers call it. */
  readonly id: string;
  readonly claim: Text;
  readonly about: About;
  /** What to write into the Compose file, or to do to the image. */
  readonly fix: Text;
  /** The key of a Compose service that decides it. */
  readonly key: string;
  /** On what. */
  readonly tested: Text;
  /** The attacks by name; empty where the claim is tested as one. */
  readonly probes: readonly string[];
}

const TWIN: Text = { en: "in a container and its twin", ru: "в контейнере и его двойнике" };
const DOUBLE: Text = { en: "on the whole stack and its double", ru: "на всём стеке и его дубле" };
const IMAGE: Text = { en: "on the image", ru: "на образе" };

/** Nothing is mounted to explain something. */
const NO_CANARY = { directory: "", socket: "" };

/** Every claim there is, in the order of the report. */
export function explanations(): readonly Explanation[] {
  const probes = probesOf(NO_CANARY);
  const controls = new Map(probes.map(({ control }) => [control.id, control]));
  return [
    ...[...controls.values()].map(({ id, claim, about, fix, key }): Explanation => {
      const own = probes.filter(({ control }) => control.id === id).map((probe) => probe.id);
      return { ...{ id, claim, about, fix, key }, tested: TWIN, probes: own };
    }),
    ...STACK_CLAIMS.map(({ control, claim, about, fix, key }): Explanation => {
      return { id: control, ...{ claim, about, fix, key }, tested: DOUBLE, probes: [] };
    }),
    ...RULES.map(({ id, claim, about, fix, key }): Explanation => {
      return { ...{ id, claim, about, fix, key }, tested: IMAGE, probes: [] };
    }),
  ];
}

/**
 * @param id of a claim, or of a finding: `read-only-root.write-root/app`
 * @throws Fault `explain/unknown`
 */
export function explain(id: string): Explanation {
  const all = explanations();
  const wanted = id.replace(/[./].*$/, "");
  const found = all.find((one) => one.id === wanted);
  if (found !== undefined) return found;
  const meant = closest(
    wanted,
    all.map((one) => one.id),
  );
  throw new Fault({
    code: "explain/unknown",
    message: `expected the id of a claim, found "${id}"`,
    hint: `${meant === undefined ? "" : `Did you mean ${meant}? `}All of them: seaworthy explain`,
  });
}
