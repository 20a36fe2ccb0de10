/** How a stack does before anything is taken from it. */
import type { HealthCheck } from "../engine/container.ts";
import type { StackService } from "../engine/stack-service.ts";
import { healthSubstitutes } from "./health-substitute.ts";
import type { Outcome, TryOut } from "./outcome.ts";

export interface Baseline {
  readonly services: readonly StackService[];
  readonly before: ReadonlyMap<string, Outcome>;
  readonly starts: number;
}

/** In milliseconds. Often enough to be noticed soon, and time for a data store to be set up at first. */
const CHECK = {
  interval: 5000,
  timeout: 3000,
  startPeriod: 30_000,
  startInterval: 5000,
  retries: 3,
} as const;

/** An interpreter starts slower than curl, and with limits slower still. */
function patient(check: HealthCheck): HealthCheck {
  return { ...check, startPeriod: Math.max(check.startPeriod, CHECK.startPeriod) };
}

function withCheck(service: StackService, argv: readonly string[] | undefined): StackService {
  if (service.healthCheck !== undefined || argv === undefined) return service;
  return { ...service, healthCheck: { ...CHECK, argv } };
}

/**
 * The services as they are declared; one whose health check cannot run in its image with the same question asked by a
 * program that is there, so that there is a way to tell whether it works.
 */
export async function asTheyStand(declared: readonly StackService[], tryOut: TryOut): Promise<Baseline> {
  let services = declared;
  let before = await tryOut(services);
  let starts = 1;
  for (;;) {
    const others = new Map(
      declared.flatMap(({ container: { name }, healthCheck }) => {
        const argv = healthCheck === undefined ? undefined : healthSubstitutes(healthCheck)[starts - 1];
        return before.get(name)?.isUnhealthy === true && argv !== undefined ? [[name, argv] as const] : [];
      }),
    );
    if (others.size === 0) break;
    services = services.map((service) => {
      const argv = others.get(service.container.name);
      const { healthCheck } = service;
      return argv === undefined || healthCheck === undefined
        ? service
        : { ...service, healthCheck: { ...patient(healthCheck), argv } };
    });
    before = await tryOut(services);
    starts += 1;
  }
  const isHelped = ({ container }: StackService): boolean => before.get(container.name)?.worked === true;
  return {
    services: services.map((service, index) =>
      isHelped(service)
        ? withCheck(service, before.get(service.container.name)?.check)
        : (declared[index] ?? service),
    ),
    before,
    starts,
  };
}
