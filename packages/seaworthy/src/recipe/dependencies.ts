/** Reads `depends_on:` and refuses a dependency that is missing or waits for itself. */
import { Fault } from "../fault/fault.ts";
import { checkKeys, KEYS } from "./compose-keys.ts";
import { type ComposeNode, type MapNode, unsupported, valueFault } from "./compose-node.ts";
import { expectBoolean, expectList, expectMap, expectOneOf, expectString, optional } from "./expect.ts";

export interface ComposeDependency {
  readonly service: string;
  readonly condition: "started" | "healthy" | "completed";
  /** Whether the service is started even without this one; it is when left out. */
  readonly required?: boolean;
  /** Whether the service is started again when this one was. */
  readonly restart?: boolean;
}

const CONDITIONS = {
  service_started: "started",
  service_healthy: "healthy",
  service_completed_successfully: "completed",
} as const;

function readDependencies(node: ComposeNode): readonly ComposeDependency[] {
  if (node.kind === "list") {
    return node.items.map((item) => ({ service: expectString(item), condition: "started" }));
  }
  return [...expectMap(node).entries].map(([service, entry]) => ({ service, ...readDependency(entry) }));
}

function readDependency(node: ComposeNode): Omit<ComposeDependency, "service"> {
  if (node.kind === "scalar" && node.value === null) return { condition: "started" };
  const map = expectMap(node);
  checkKeys(map, KEYS.dependency);
  const words = Object.keys(CONDITIONS) as (keyof typeof CONDITIONS)[];
  const word = optional(map, "condition", (value) => expectOneOf(value, words));
  const required = optional(map, "required", expectBoolean);
  const restart = optional(map, "restart", expectBoolean);
  return {
    condition: CONDITIONS[word ?? "service_started"],
    // What is as usual is left out, so that the long form means the same as the short one.
    ...(required === false ? { required } : {}),
    ...(restart === true ? { restart } : {}),
  };
}

/** What `links` or a namespace names is waited for as well; in a common network all are known by their names anyway. */
export function readAllDependencies(map: MapNode): readonly ComposeDependency[] {
  const own = optional(map, "depends_on", readDependencies) ?? [];
  const linked = optional(map, "links", (links) => expectList(links).items.map(readLink)) ?? [];
  const shared = ["network_mode", "pid", "ipc"].flatMap((key) => {
    const mode = optional(map, key, expectString) ?? "";
    return mode.startsWith("service:") ? [mode.slice("service:".length)] : [];
  });
  const known = own.map(({ service }) => service);
  return [
    ...own,
    ...[...new Set([...linked, ...shared])]
      .filter((service) => !known.includes(service))
      .map((service): ComposeDependency => ({ service, condition: "started", restart: true })),
  ];
}

function readLink(node: ComposeNode): string {
  const [service = "", alias = service] = expectString(node).split(":");
  if (alias === service) return service;
  throw unsupported(
    node,
    "a link with a name of its own",
    `Give ${service} the alias under networks: { default: { aliases: [${alias}] } }.`,
  );
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
    for (const { service, required } of dependencies.get(name) ?? []) {
      if (!dependencies.has(service) && required === false) continue;
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
