/** Reads `depends_on:` and refuses a dependency that is missing or waits for itself. */
import { Fault } from "../fault/fault.ts";
import { checkKeys, KEYS } from "./compose-keys.ts";
import { type ComposeNode, type MapNode, unsupported, valueFault } from "./compose-node.ts";
import { expectBoolean, expectMap, expectOneOf, expectString, optional } from "./expect.ts";

export interface ComposeDependency {
  readonly service: string;
  readonly condition: "started" | "healthy" | "completed";
}

const CONDITIONS = {
  service_started: "started",
  service_healthy: "healthy",
  service_completed_successfully: "completed",
} as const;

export function readDependencies(node: ComposeNode): readonly ComposeDependency[] {
  if (node.kind === "list") {
    return node.items.map((item) => ({ service: expectString(item), condition: "started" }));
  }
  return [...expectMap(node).entries].map(([service, entry]) => ({
    service,
    condition: readCondition(entry),
  }));
}

function readCondition(node: ComposeNode): ComposeDependency["condition"] {
  if (node.kind === "scalar" && node.value === null) return "started";
  const map = expectMap(node);
  checkKeys(map, KEYS.dependency);
  if (optional(map, "required", expectBoolean) === false) {
    throw unsupported(map, "an optional dependency", "Leave `required` out, or the whole dependency.");
  }
  if (optional(map, "restart", expectBoolean) === true) {
    throw unsupported(
      map,
      "restarting with a dependency",
      "Leave `restart` out here; use the service's own.",
    );
  }
  const words = Object.keys(CONDITIONS) as (keyof typeof CONDITIONS)[];
  const word = optional(map, "condition", (value) => expectOneOf(value, words));
  return CONDITIONS[word ?? "service_started"];
}

/**
 * @param services the node of the top-level `services`
 * @throws Fault `compose/value` for a service that is not there, `compose/cycle` naming the whole circle
 */
export function checkDependencies(
  services: MapNode,
  dependencies: ReadonlyMap<string, readonly ComposeDependency[]>,
): void {
  const done = new Set<string>();
  for (const name of dependencies.keys()) visit(name, []);

  function visit(name: string, path: readonly string[]): void {
    if (done.has(name)) return;
    const node = dependsOn(services, name);
    if (path.includes(name)) {
      const circle = [...path.slice(path.indexOf(name)), name];
      throw new Fault({
        code: "compose/cycle",
        message: `expected services to start one after another, found a circle: ${circle.join(" -> ")}`,
        place: node.place,
        hint: "Remove one of these depends_on entries.",
      });
    }
    for (const { service } of dependencies.get(name) ?? []) {
      if (!dependencies.has(service)) throw valueFault(node, "services of this file", `"${service}"`);
      visit(service, [...path, name]);
    }
    done.add(name);
  }
}

function dependsOn(services: MapNode, name: string): ComposeNode {
  const service = services.entries.get(name);
  return (service?.kind === "map" ? service.entries.get("depends_on") : undefined) ?? services;
}
