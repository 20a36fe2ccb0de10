/** Reads a file of probes: attacks of the user's own, each with the claim that it puts to the test. */
import type { Text } from "@seaworthy/evidence";
import { Fault, type Place } from "../fault/fault.ts";
import { parseCompose } from "./compose-document.ts";
import { checkKeys } from "./compose-keys.ts";
import { type ComposeNode, valueFault } from "./compose-node.ts";
import {
  expectInteger,
  expectList,
  expectMap,
  expectOneOf,
  expectString,
  optional,
  required,
} from "./expect.ts";
import { readTextFile } from "./text-file.ts";

export type AttackStep =
  /** `making` makes a new file and takes it away; what is opened for writing is not written to. */
  | { readonly kind: "open"; readonly path: string; readonly for: "reading" | "writing" | "making" }
  | { readonly kind: "execute"; readonly path: string }
  /** Over TCP; nothing is sent. */
  | { readonly kind: "connect"; readonly address: string; readonly port: number }
  | { readonly kind: "socket"; readonly family: number; readonly type: number };

export interface DeclaredProbe {
  /** `no-config-change`: what findings call it. */
  readonly id: string;
  readonly claim: Text;
  /** The control that is to refuse it; in the twin it is loosened. */
  readonly control: string;
  /** All when left out. */
  readonly services: readonly string[] | undefined;
  readonly as: "declared" | "root" | "unprivileged";
  readonly attack: readonly AttackStep[];
  /** `EROFS`: what the kernel answers when the claim holds. */
  readonly refused: readonly string[];
  readonly place: Place;
}

const MAX_BYTES = 1024 * 1024;
const MOST_STEPS = 100;
const PROBE = {
  supported: ["id", "claim", "control", "service", "services", "as", "attack", "refused"],
  known: [],
};

/** @throws Fault `probes/missing`, and `compose/...` with the line, for it is read as a Compose file is */
export async function readProbeFile(
  file: string,
  place: Place | undefined,
): Promise<readonly DeclaredProbe[]> {
  const rules = { code: "probes/missing", maxBytes: MAX_BYTES };
  const text = await readTextFile(file, place === undefined ? rules : { ...rules, place });
  if (text === undefined) {
    throw new Fault({
      code: "probes/missing",
      message: `expected a file of probes at ${file}, found nothing`,
      place,
    });
  }
  // A dollar is a dollar here: paths are those of the container.
  const { root } = parseCompose(text.replaceAll("$", "$$$$"), file, () => undefined);
  checkKeys(root, { supported: ["probes"], known: [] });
  const probes = required(root, "probes", expectList).items.map(readProbe);
  const twice = probes.find(({ id }, index) => probes.findIndex((one) => one.id === id) !== index);
  if (twice !== undefined)
    throw valueFault(root, "a list of probes with ids of their own", `"${twice.id}" twice`);
  return probes;
}

function readProbe(node: ComposeNode): DeclaredProbe {
  const map = expectMap(node);
  checkKeys(map, PROBE);
  const one = optional(map, "service", expectString);
  const attack = required(map, "attack", (steps) => expectList(steps).items.map(readStep));
  if (attack.length === 0 || attack.length > MOST_STEPS) {
    throw valueFault(map, `a probe with 1 to ${MOST_STEPS} steps`, String(attack.length));
  }
  return {
    id: required(map, "id", expectId),
    claim: required(map, "claim", readClaim),
    control: required(map, "control", expectString),
    services:
      one === undefined
        ? optional(map, "services", (list) => expectList(list).items.map(expectString))
        : [one],
    as: optional(map, "as", (word) => expectOneOf(word, ["declared", "root", "unprivileged"])) ?? "declared",
    attack,
    refused: required(map, "refused", (list) => expectList(list).items.map(expectErrno)),
    place: map.place,
  };
}

function readClaim(node: ComposeNode): Text {
  if (node.kind !== "map") {
    const text = expectString(node);
    return { en: text, ru: text };
  }
  return { en: required(node, "en", expectString), ru: required(node, "ru", expectString) };
}

function readStep(node: ComposeNode): AttackStep {
  const map = expectMap(node);
  const [kind, ...others] = [...map.entries.keys()].filter((key) => key !== "for");
  if (kind === undefined || others.length > 0)
    throw valueFault(map, "one of open, execute, connect and socket");
  switch (kind) {
    case "open":
      return {
        ...{ kind, path: required(map, "open", expectPath) },
        for: optional(map, "for", (word) => expectOneOf(word, ["reading", "writing", "making"])) ?? "reading",
      };
    case "execute":
      return { kind, path: required(map, "execute", expectPath) };
    case "connect": {
      const [, address = "", port = ""] =
        /^(\d+\.\d+\.\d+\.\d+):(\d{1,5})$/.exec(required(map, "connect", expectString)) ?? [];
      if (port === "") throw valueFault(map, 'a connection like connect: "192.0.2.1:443"');
      return { kind, address, port: Number(port) };
    }
    case "socket": {
      const socket = required(map, "socket", expectMap);
      checkKeys(socket, { supported: ["family", "type"], known: [] });
      const number = (key: string): number => required(socket, key, (value) => expectInteger(value, 0));
      return { kind, family: number("family"), type: number("type") };
    }
    default:
      throw valueFault(map, "one of open, execute, connect and socket", `"${kind}"`);
  }
}

function expectId(node: ComposeNode): string {
  const id = expectString(node);
  if (!/^[a-z][a-z0-9-]*$/.test(id)) throw valueFault(node, "an id of small letters, digits and -");
  return id;
}

function expectPath(node: ComposeNode): string {
  const path = expectString(node);
  if (!path.startsWith("/") || path.includes("\0"))
    throw valueFault(node, "an absolute path in the container");
  return path;
}

function expectErrno(node: ComposeNode): string {
  const name = expectString(node);
  if (!/^E[A-Z0-9]+$/.test(name)) throw valueFault(node, "a name like EROFS");
  return name;
}
