/** Runs the searches of all services over as few starts of the stack as possible. */
import { isDeepStrictEqual } from "node:util";
import type { StackService } from "../engine/stack-service.ts";
import { Fault } from "../fault/fault.ts";
import { asTheyStand } from "./baseline.ts";
import { hardened, type Needs } from "./needs.ts";
import type { Outcome, TryOut } from "./outcome.ts";
import { type Found, type Search, searchNeeds } from "./search.ts";

export interface StackNeeds {
  /** How each service is as it stands. */
  readonly before: ReadonlyMap<string, Outcome>;
  /** What each needs; one that does not work as it stands, or whose search was cut short, is not there. */
  readonly found: ReadonlyMap<string, Found>;
  /** The services under the posture; those that are not in `found` as they were. */
  readonly services: readonly StackService[];
  /** How the hardened stack as a whole did. */
  readonly after: ReadonlyMap<string, Outcome>;
  readonly starts: number;
}

export interface SearchOptions {
  readonly project: string;
  readonly tryOut: TryOut;
  /** Told before each start. */
  readonly onStart?: (start: number, trying: ReadonlyMap<string, Needs>) => void;
  /** What is decided without a trial, once it is known how the services do as they stand. */
  readonly prepare?: (services: readonly StackService[]) => readonly StackService[];
  readonly signal?: AbortSignal | undefined;
}

/** Of the stack, all services together. */
const MOST_STARTS = 120;

/**
 * All services are tried together as long as at most one of them fails. When several do, one may fail because of another:
 * then they are tried one by one, beside services that are known to work.
 * @throws Fault `harden/not-healthy` when no service works as the stack stands
 */
export async function searchStack(
  declared: readonly StackService[],
  { project, tryOut, onStart, prepare, signal }: SearchOptions,
): Promise<StackNeeds> {
  const order = startOrder(declared);
  const { services: standing, before, starts: first } = await asTheyStand(declared, tryOut);
  const original = prepare?.(standing) ?? standing;
  if (![...before.values()].some(({ worked }) => worked)) throw notHealthy(order[0], before);

  const searches = new Map<string, Search>();
  const trying = new Map<string, Needs>();
  const proven = new Map<string, Needs>();
  const found = new Map<string, Found>();
  for (const service of original) {
    const seen = before.get(service.container.name);
    if (seen?.worked !== true) continue;
    const search = searchNeeds(service, seen);
    searches.set(service.container.name, search);
    advance(service.container.name, search.next());
  }

  let starts = first;
  let last:
    | { readonly services: readonly StackService[]; readonly outcomes: StackNeeds["after"] }
    | undefined;
  let together = true;
  while (trying.size > 0 && starts < MOST_STARTS) {
    signal?.throwIfAborted();
    const names = order.filter((name) => trying.has(name)).slice(0, together ? undefined : 1);
    const now = new Map([...trying].filter(([name]) => names.includes(name)));
    onStart?.(starts + 1, now);
    const services = servicesWith(new Map([...proven, ...now]));
    const outcomes = await tryOut(services);
    starts += 1;
    last = { services, outcomes };
    const failed = names.filter((name) => outcomes.get(name)?.worked !== true);
    if (failed.length > 1) together = false;
    for (const name of names) {
      const outcome = outcomes.get(name);
      const search = searches.get(name);
      if (outcome === undefined || search === undefined) continue;
      if (outcome.worked || failed.length === 1) advance(name, search.next(outcome));
    }
  }
  const services = servicesWith(proven);
  // The last trial was of the whole, when all were tried together or one was the last that was missing.
  if (last !== undefined && isDeepStrictEqual(last.services, services)) {
    return { before, found, services, after: last.outcomes, starts };
  }
  signal?.throwIfAborted();
  onStart?.(starts + 1, proven);
  return { before, found, services, after: await tryOut(services), starts: starts + 1 };

  function advance(name: string, step: IteratorResult<Needs, Found>): void {
    if (step.done !== true) {
      trying.set(name, step.value);
      return;
    }
    trying.delete(name);
    found.set(name, step.value);
    if (step.value.needs !== undefined) proven.set(name, step.value.needs);
  }

  function servicesWith(needs: ReadonlyMap<string, Needs>): readonly StackService[] {
    return original.map((service) => {
      const own = needs.get(service.container.name);
      return own === undefined ? service : hardened(service, own, project);
    });
  }
}

/** What others wait for first; in a circle, as written. */
export function startOrder(services: readonly StackService[]): readonly string[] {
  const order: string[] = [];
  const visited = new Set<string>();
  const visit = (name: string): void => {
    if (visited.has(name)) return;
    visited.add(name);
    const service = services.find(({ container }) => container.name === name);
    if (service === undefined) return;
    for (const dependency of service.dependsOn) visit(dependency.service);
    order.push(name);
  };
  for (const { container } of services) visit(container.name);
  return order;
}

/** Whether another service is started after it for a reason. */
export function isNeeded(name: string, services: readonly StackService[]): boolean {
  return services.some(({ dependsOn }) => dependsOn.some(({ service }) => service === name));
}

function notHealthy(name: string | undefined, outcomes: ReadonlyMap<string, Outcome>): Fault {
  const outcome = name === undefined ? undefined : outcomes.get(name);
  return new Fault({
    code: "harden/not-healthy",
    message: `expected a stack that works before it is hardened, found ${name ?? "no service"}: ${outcome?.problem ?? "it is not there"}`,
    hint: [
      "What a service needs is found by running it, in a copy with empty volumes.",
      ...(outcome === undefined || outcome.log.length === 0
        ? []
        : [`Its last words: ${outcome.log.slice(-5).join(" | ")}`]),
    ].join("\n"),
    exit: 2,
  });
}
