/** Every claim there is, whoever tests it: controls, claims on a stack, and rules about images, Compose files and Dockerfiles. */
import type { Finding, Text } from "@seaworthy/evidence";
import { COMPOSE_RULES } from "../inspect/compose/rules.ts";
import { DOCKERFILE_RULES } from "../inspect/dockerfile/rules.ts";
import { RULES } from "../inspect/inspect-image.ts";
import { type About, SEVERITIES, type Severity } from "../posture/about.ts";
import { onlyNeededCalls } from "../posture/controls/only-needed-calls.ts";
import { controlsOf } from "../posture/controls.ts";
import { STACK_CLAIMS } from "../posture/stack-claims.ts";
import { rareCalls } from "../probe/probes/rare-calls.ts";
import { probesOf } from "../probe/probes.ts";

export interface Claim {
  /** `read-only-root`: what findings and waivers call it. */
  readonly id: string;
  readonly claim: Text;
  readonly about: About;
  /** What to write into the Compose file or the Dockerfile, or to do to the image. */
  readonly fix: Text;
  /** On what it is tested, in words. */
  readonly tested: readonly Text[];
  /** The attacks by name; empty where the claim is tested as one. */
  readonly probes: readonly string[];
}

const TWIN: Text = { en: "in a container and its twin", ru: "в контейнере и его двойнике" };
const DOUBLE: Text = { en: "on the whole stack and its double", ru: "на всём стеке и его дубле" };
const IMAGE: Text = { en: "on the image", ru: "на образе" };
const COMPOSE: Text = { en: "in the Compose file", ru: "в файле Compose" };
const DOCKERFILE: Text = { en: "in the Dockerfile", ru: "в Dockerfile" };

/** Nothing is mounted to tell what there is. */
const NO_CANARY = { directory: "", socket: "" };

/** In the order of the report. */
export const CLAIMS: readonly Claim[] = collect();

/** Of which severity the claim of a finding is. */
export function severityOf({ control }: Pick<Finding, "control">): Severity {
  return CLAIMS.find(({ id }) => id === control)?.about.severity ?? "high";
}

export function isAtLeast(severity: Severity, least: Severity): boolean {
  return SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(least);
}

function collect(): readonly Claim[] {
  const claims = new Map<string, Claim>();
  const add = (tested: Text, probes: readonly string[], one: Omit<Claim, "tested" | "probes">): void => {
    const { id, claim, about, fix } = one;
    const known = claims.get(id) ?? { id, claim, about, fix, probes, tested: [] };
    claims.set(id, { ...known, tested: [...known.tested, tested] });
  };
  const probes = probesOf(NO_CANARY, "strict");
  for (const control of controlsOf("strict")) {
    const own = probes.filter((probe) => probe.control.id === control.id).map(({ id }) => id);
    add(TWIN, own, control);
  }
  add(TWIN, [rareCalls.id], onlyNeededCalls);
  for (const claim of STACK_CLAIMS) add(DOUBLE, [], { ...claim, id: claim.control });
  for (const rule of RULES) add(IMAGE, [], rule);
  for (const rule of COMPOSE_RULES) add(COMPOSE, [], rule);
  for (const rule of DOCKERFILE_RULES) add(DOCKERFILE, [], rule);
  return [...claims.values()];
}
