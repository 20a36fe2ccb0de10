/** Starts created containers one after another as their dependencies allow, and says why one was not started. */
import type { ServiceDependency, StackService } from "../../engine/stack-service.ts";
import { dependency, type ServiceState, waitedInVain } from "../state.ts";
import { dependenciesOf } from "./order.ts";

export interface SequencePlace {
  /** The latest known of a service. */
  state(service: string): ServiceState;
  /** Resolves after the next change of any service; rejects when there will be no more. */
  changed(): Promise<void>;
  /** Starts its container. */
  start(service: string): Promise<void>;
  /** Ends a service that never came to start, saying why. */
  giveUp(service: string, reason: string): void;
}

/** Resolves when every service was started or given up; rejects when the stack was lost or taken down meanwhile. */
export async function startInOrder(services: readonly StackService[], place: SequencePlace): Promise<void> {
  await Promise.all(services.map((service) => startInTurn(service, services, place)));
}

async function startInTurn(
  service: StackService,
  services: readonly StackService[],
  place: SequencePlace,
): Promise<void> {
  const { name } = service.container;
  for (const { service: other, condition, required = true } of dependenciesOf(service, services)) {
    let verdict = verdictOn(place.state(other), condition);
    while (verdict === undefined) {
      await place.changed();
      verdict = verdictOn(place.state(other), condition);
    }
    if (verdict === "met" || !required) continue;
    place.giveUp(name, waitedInVain(other, condition));
    return;
  }
  await place.start(name);
}

/** On another machine's engine there is no process number to tell that a service has started. */
function verdictOn(
  state: ServiceState,
  condition: ServiceDependency["condition"],
): "met" | "never" | undefined {
  return condition === "started" && state.network !== undefined ? "met" : dependency(state, condition);
}
