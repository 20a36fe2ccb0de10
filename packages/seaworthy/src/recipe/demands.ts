/** Reads the top-level `x-seaworthy`: how much is claimed of the stack, and what somebody knowingly accepts, why, and until when. */
import { checkKeys } from "./compose-keys.ts";
import { type ComposeNode, valueFault } from "./compose-node.ts";
import { expectList, expectMap, expectOneOf, expectString, optional, required } from "./expect.ts";

/** Still attacked and still shown; it only keeps a breach of this claim from failing the proof. */
export interface Waiver {
  /** The control's or rule's id: `private-network`. */
  readonly control: string;
  readonly service: string;
  readonly reason: string;
  /** Who accepts it. */
  readonly owner: string;
  /** The last day it counts, `2027-06-30`. */
  readonly until: string;
}

const WAIVER_KEYS = { supported: ["control", "service", "reason", "owner", "until"], known: [] } as const;

export interface Demands {
  /** `strict` claims what a container that is hardened by the book still allows, as well. */
  readonly posture: "baseline" | "strict";
  readonly waivers: readonly Waiver[];
  /** Files with attacks of the user's own, from the project's folder. */
  readonly probes: readonly string[];
}

export const NO_DEMANDS: Demands = { posture: "baseline", waivers: [], probes: [] };

/** @param node the value of `x-seaworthy` at the top of the file */
export function readDemands(node: ComposeNode): Demands {
  const map = expectMap(node);
  checkKeys(map, { supported: ["posture", "probes", "waivers"], known: [] });
  return {
    posture: optional(map, "posture", (word) => expectOneOf(word, ["baseline", "strict"])) ?? "baseline",
    probes: optional(map, "probes", (files) => expectList(files).items.map(expectWords)) ?? [],
    waivers: (optional(map, "waivers", expectList)?.items ?? []).map(readWaiver),
  };
}

function readWaiver(node: ComposeNode): Waiver {
  const map = expectMap(node);
  checkKeys(map, WAIVER_KEYS);
  return {
    control: required(map, "control", expectWords),
    service: required(map, "service", expectWords),
    reason: required(map, "reason", expectWords),
    owner: required(map, "owner", expectWords),
    until: required(map, "until", expectDate),
  };
}

function expectWords(node: ComposeNode): string {
  const text = expectString(node);
  if (text.trim() === "") throw valueFault(node, "a text that says something");
  return text;
}

function expectDate(node: ComposeNode): string {
  const text = expectString(node);
  const date = new Date(`${text}T00:00:00Z`);
  const isReal = !Number.isNaN(date.valueOf()) && date.toISOString().startsWith(text);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || !isReal) throw valueFault(node, "a day like 2027-06-30");
  return text;
}
