/** Runs all services of one stack in the order they need, answers questions about them, and ends them in reverse. */
import type { Engine } from "../../engine/engine.ts";
import type { StackService } from "../../engine/stack-service.ts";
import { Fault } from "../../fault/fault.ts";
import type { StackSpec } from "../stack-spec.ts";
import { dependency, type ServiceState, waitedInVain } from "../state.ts";
import { type LogRotation, logWriter } from "./log-file.ts";
import { type ServiceRunner, serviceRunner } from "./service-runner.ts";
import type { StackNetworks } from "./stack-networks.ts";
import { logFile, type StackPlaces } from "./stack-places.ts";

export interface Supervisor {
  services(): readonly ServiceState[];
  start(): void;
  /** Dependents first, then what they depend on. Resolves when every container is gone. */
  stop(): Promise<void>;
  /** @throws Fault `stack/unknown-service` */
  service(name: string): ServiceRunner;
}

export function supervisor(
  spec: StackSpec,
  engine: Engine,
  places: StackPlaces,
  networks: Pick<StackNetworks, "of">,
  logs: LogRotation | undefined,
  onChange: () => void,
): Supervisor {
  const waiting = new Set<() => void>();
  const runners = new Map(
    spec.services.map((service) => [service.container.name, serviceRunner(service, contextOf(service))]),
  );
  let stopped = false;

  function contextOf(service: StackService) {
    const { start, handle } = networks.of(service);
    return {
      engine,
      start,
      network: handle,
      log: logWriter(logFile(places, service.container.name), logs),
      onChange: changed,
    };
  }

  function changed(): void {
    onChange();
    for (const look of waiting) look();
  }

  function service(name: string): ServiceRunner {
    const runner = runners.get(name);
    if (runner !== undefined) return runner;
    throw new Fault({
      code: "stack/unknown-service",
      message: `expected a service of "${spec.project}" (${[...runners.keys()].join(", ")}), found "${name}"`,
    });
  }

  async function startInTurn(declared: StackService): Promise<void> {
    const runner = service(declared.container.name);
    for (const { service: name, condition } of declared.dependsOn) {
      const verdict = await until(() => (stopped ? "stopped" : dependency(service(name).state(), condition)));
      if (verdict === "stopped") return;
      if (verdict === "never") {
        runner.giveUp(waitedInVain(name, condition));
        return;
      }
    }
    if (!stopped) runner.start();
  }

  function until<Verdict>(look: () => Verdict | undefined): Promise<Verdict> {
    return new Promise((resolve) => {
      const tryNow = (): void => {
        const verdict = look();
        if (verdict === undefined) return;
        waiting.delete(tryNow);
        resolve(verdict);
      };
      waiting.add(tryNow);
      tryNow();
    });
  }

  async function stop(): Promise<void> {
    stopped = true;
    for (const look of waiting) look();
    const ends = new Map<string, Promise<void>>();
    const end = (name: string): Promise<void> => {
      const dependents = spec.services.filter((one) => one.dependsOn.some((other) => other.service === name));
      const ending =
        ends.get(name) ??
        Promise.all(dependents.map((one) => end(one.container.name))).then(() => service(name).stop());
      ends.set(name, ending);
      return ending;
    };
    await Promise.all([...runners.keys()].map(end));
  }

  return {
    services: () => [...runners.values()].map((runner) => runner.state()),
    start: () => {
      for (const declared of spec.services) void startInTurn(declared);
    },
    stop,
    service,
  };
}
