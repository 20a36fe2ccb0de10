/** In which order services are made and stopped: what others depend on comes first, and goes last. */
import type { ServiceDependency, StackService } from "../../engine/stack-service.ts";
import { Fault } from "../../fault/fault.ts";

const SHARED = /^service:(.+)$/;

/**
 * All that must be there before a service starts: what it says, and the services whose namespaces it joins.
 * An optional dependency on a service that the stack does not have is left out.
 * @throws Fault `stack/unknown-service`
 */
export function dependenciesOf(
  service: StackService,
  services: readonly StackService[],
): readonly ServiceDependency[] {
  const names = new Set(services.map(({ container }) => container.name));
  const said = service.dependsOn.filter((one) => names.has(one.service) || one.required !== false);
  const shared = sharedServices(service)
    .filter((name) => !said.some((one) => one.service === name))
    .map((name): ServiceDependency => ({ service: name, condition: "started" }));
  const all = [...said, ...shared];
  const unknown = all.find((one) => !names.has(one.service));
  if (unknown === undefined) return all;
  throw new Fault({
    code: "stack/unknown-service",
    message: `expected service "${service.container.name}" to depend on services of the stack (${[...names].join(", ")}), found "${unknown.service}"`,
  });
}

/** Of its network, process and IPC namespaces. */
function sharedServices({ container }: StackService): readonly string[] {
  const { shareNetwork, sharePid, shareIpc } = container.extras ?? {};
  return [shareNetwork, sharePid, shareIpc].flatMap((shared) => SHARED.exec(shared ?? "")?.[1] ?? []);
}

/** The service named by `service:db`, or `undefined` for another's container (`container:ID`). */
export function sharedService(shared: string): string | undefined {
  return SHARED.exec(shared)?.[1];
}

/**
 * Dependencies before dependents, otherwise in the given order.
 * @throws Fault `stack/dependency-cycle`
 */
export function inOrder(
  names: readonly string[],
  dependencies: (name: string) => readonly string[],
): readonly string[] {
  const ordered = new Set<string>();
  const visit = (name: string, path: readonly string[]): void => {
    if (ordered.has(name)) return;
    if (path.includes(name)) {
      const circle = [...path.slice(path.indexOf(name)), name].join(" -> ");
      throw new Fault({
        code: "stack/dependency-cycle",
        message: `expected services that can be started one after another, found ${circle}`,
        hint: "Take one of these dependencies out of depends_on.",
      });
    }
    for (const one of dependencies(name)) if (names.includes(one)) visit(one, [...path, name]);
    ordered.add(name);
  };
  for (const name of names) visit(name, []);
  return [...ordered];
}
