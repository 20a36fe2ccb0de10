/** Which values of two Compose files are laid over each other in another way than mapping by mapping and list after list. */
import { posix } from "node:path";
import type { ComposeNode } from "./compose-node.ts";

/** How two items of a list are known to be the same; `undefined` for one that is like no other. */
type KeyOf = (item: ComposeNode) => string | undefined;

/**
 * - `replace`: the later value counts whole.
 * - `pairs`: lists of `NAME=value` and mappings are one.
 * - `names`: a list of names is a mapping without values.
 * - `build`: a text is the context.
 * - `replace other drivers`: merged when both have the same driver.
 * - `replace other kinds`: a number takes the place of a mapping.
 * - `{ key }`: a text is a list of one; of items with the same key the last one counts.
 */
export type Rule =
  | "replace"
  | "pairs"
  | "names"
  | "build"
  | "replace other drivers"
  | "replace other kinds"
  | { readonly key: KeyOf }
  | undefined;

const text: KeyOf = (item) =>
  item.kind === "scalar" && item.value !== null ? String(item.value) : undefined;

const field =
  (name: string): KeyOf =>
  (item) => {
    const value = item.kind === "map" ? item.entries.get(name) : undefined;
    return value === undefined ? undefined : text(value);
  };

/** A mount, a device or a tmpfs by where it is in the container: the second of `source:target:mode`, or the only one. */
const target: KeyOf = (item) => {
  const [first, second] = text(item)?.split(":") ?? [];
  return item.kind === "map" ? field("target")(item) : (second ?? first);
};

const tmpfs: KeyOf = (item) => text(item)?.split(":")[0];

/** A secret or config by where it is, which is named after its source unless said otherwise. */
const grantBelow =
  (home: string): KeyOf =>
  (item) => {
    const written = item.kind === "map" ? (field("target")(item) ?? field("source")(item)) : text(item);
    return written === undefined ? undefined : posix.resolve(home, written);
  };

const envFile: KeyOf = (item) => (item.kind === "map" ? field("path")(item) : text(item));

/** `name:address` and `name=address`. */
const host: KeyOf = (item) => text(item)?.split(/[=:]/)[0];

/** By path; `*` is any one step. What is not here: mappings key by key, lists one after the other, else the later value. */
const RULES: readonly (readonly [path: string, rule: Rule])[] = [
  ["services.*.annotations", "pairs"],
  ["services.*.build", "build"],
  ["services.*.build.additional_contexts", "pairs"],
  ["services.*.build.args", "pairs"],
  ["services.*.build.extra_hosts", { key: host }],
  ["services.*.build.labels", "pairs"],
  ["services.*.build.tags", { key: text }],
  ["services.*.cap_add", { key: text }],
  ["services.*.cap_drop", { key: text }],
  ["services.*.command", "replace"],
  ["services.*.configs", { key: grantBelow("/") }],
  ["services.*.depends_on", "names"],
  ["services.*.deploy.labels", "pairs"],
  ["services.*.devices", { key: target }],
  ["services.*.dns", { key: text }],
  ["services.*.dns_opt", { key: text }],
  ["services.*.dns_search", { key: text }],
  ["services.*.entrypoint", "replace"],
  ["services.*.env_file", { key: envFile }],
  ["services.*.environment", "pairs"],
  ["services.*.expose", { key: text }],
  ["services.*.extra_hosts", { key: host }],
  ["services.*.healthcheck.test", "replace"],
  ["services.*.label_file", { key: text }],
  ["services.*.labels", "pairs"],
  ["services.*.links", { key: text }],
  ["services.*.logging", "replace other drivers"],
  ["services.*.networks", "names"],
  ["services.*.networks.*.aliases", { key: text }],
  ["services.*.profiles", { key: text }],
  ["services.*.secrets", { key: grantBelow("/run/secrets") }],
  ["services.*.sysctls", "pairs"],
  ["services.*.tmpfs", { key: tmpfs }],
  ["services.*.ulimits.*", "replace other kinds"],
  ["services.*.volumes", { key: target }],
  ["networks.*.ipam.config", { key: field("subnet") }],
  ["networks.*.labels", "pairs"],
  ["volumes.*.labels", "pairs"],
];

const PATTERNS = RULES.map(([path, rule]) => ({ steps: path.split("."), rule }));

export function ruleOf(path: readonly string[]): Rule {
  return PATTERNS.find(
    ({ steps }) =>
      steps.length === path.length && steps.every((step, index) => step === "*" || step === path[index]),
  )?.rule;
}

export function itemKey(item: ComposeNode, rule: Rule): string | undefined {
  return typeof rule === "object" ? rule.key(item) : undefined;
}
