/** A YAML document as values that remember where they were written, so that every complaint can name a line. */
import { Fault, type Place } from "../fault/fault.ts";

interface NodeCore {
  /** Where the key (or, in a list, the item) stands. */
  readonly place: Place;
  /** `services.app.ports[0]`, for messages and reports. */
  readonly key: string;
  /** Absolute: where relative paths in this value start. Files that are included or extended have their own. */
  readonly base: string;
  /** Its tag `!reset` or `!override`: what becomes of the value of an earlier file. */
  readonly tag?: "reset" | "override";
}

export interface ScalarNode extends NodeCore {
  readonly kind: "scalar";
  /** Variables are already put in. */
  readonly value: string | number | boolean | null;
}

export interface ListNode extends NodeCore {
  readonly kind: "list";
  readonly items: readonly ComposeNode[];
}

export interface MapNode extends NodeCore {
  readonly kind: "map";
  readonly entries: ReadonlyMap<string, ComposeNode>;
}

export type ComposeNode = ScalarNode | ListNode | MapNode;

/** What the reader noticed without refusing the file. */
export interface ComposeWarning {
  readonly code: string;
  readonly message: string;
  readonly place: Place;
}

/** A Fault about one value; `expected` and `found` make its sentence. */
export function valueFault(
  node: ComposeNode,
  expected: string,
  found: string = describe(node),
  hint?: string,
): Fault {
  return new Fault({
    code: "compose/value",
    message: `expected ${node.key} to be ${expected}, found ${found}`,
    place: node.place,
    hint,
  });
}

/** A Fault about something Compose knows and this engine does not do yet. */
export function unsupported(node: ComposeNode, what: string, hint: string): Fault {
  return new Fault({
    code: "compose/unsupported-key",
    message: `expected only keys that Seaworthy can honour, found ${node.key}: ${what} is not supported yet`,
    place: node.place,
    hint,
  });
}

function describe(node: ComposeNode): string {
  if (node.kind === "map") return "a mapping";
  if (node.kind === "list") return "a list";
  if (node.value === null) return "nothing";
  const shown = JSON.stringify(node.value);
  return shown.length > 80 ? `${shown.slice(0, 80)}…` : shown;
}
