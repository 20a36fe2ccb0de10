/** Leaves out the services whose profiles nobody asked for. */
import type { ComposeNode, MapNode } from "./compose-node.ts";
import { valueFault } from "./compose-node.ts";
import { expectBoolean, expectList, expectString, optional } from "./expect.ts";

/**
 * @param services the node of the top-level `services`
 * @param active `*` is all of them
 * @throws Fault `compose/value` for a service that needs one that is left out
 * @see {@link https://github.com/compose-spec/compose-spec/blob/main/15-profiles.md}
 */
export function enabledServices(services: MapNode, active: readonly string[]): MapNode {
  const isEnabled = (node: ComposeNode): boolean => {
    const profiles = profilesOf(node);
    return profiles.length === 0 || active.includes("*") || profiles.some((name) => active.includes(name));
  };
  const enabled = new Map([...services.entries].filter(([, node]) => isEnabled(node)));
  const left = [...services.entries.keys()].filter((name) => !enabled.has(name));
  for (const [name, node] of enabled) enabled.set(name, withoutDependencies(node, left, services));
  return { ...services, entries: enabled };
}

function profilesOf(node: ComposeNode): readonly string[] {
  if (node.kind !== "map") return [];
  return optional(node, "profiles", (list) => expectList(list).items.map(expectString)) ?? [];
}

/** A dependency that is not required goes with its service. */
function withoutDependencies(node: ComposeNode, left: readonly string[], services: MapNode): ComposeNode {
  const dependencies = node.kind === "map" ? node.entries.get("depends_on") : undefined;
  if (node.kind !== "map" || dependencies === undefined || left.length === 0) return node;
  if (dependencies.kind === "list") {
    for (const item of dependencies.items) {
      if (item.kind === "scalar" && left.includes(String(item.value))) {
        throw needed(item, String(item.value), services);
      }
    }
    return node;
  }
  if (dependencies.kind !== "map") return node;
  const entries = new Map(dependencies.entries);
  for (const [name, dependency] of dependencies.entries) {
    if (!left.includes(name)) continue;
    const isRequired = dependency.kind !== "map" || (optional(dependency, "required", expectBoolean) ?? true);
    if (isRequired) throw needed(dependency, name, services);
    entries.delete(name);
  }
  return { ...node, entries: new Map([...node.entries, ["depends_on", { ...dependencies, entries }]]) };
}

function needed(node: ComposeNode, name: string, services: MapNode): Error {
  const profiles = profilesOf(services.entries.get(name) ?? services);
  return valueFault(
    node,
    "a service that is part of the stack",
    `"${name}", which has the profiles ${profiles.join(", ")}`,
    `Add --profile ${profiles[0]}.`,
  );
}
