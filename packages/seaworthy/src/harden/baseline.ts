/** How a stack does before anything is taken from it. */
import type { StackService } from "../engine/stack-service.ts";
import { healthSubstitutes } from "./health-substitute.ts";
import type { Outcome, TryOut } from "./outcome.ts";

export interface Baseline {
  readonly services: readonly StackService[];
  readonly before: ReadonlyMap<string, Outcome>;
  readonly starts: number;
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
        : { ...service, healthCheck: { ...healthCheck, argv } };
    });
    before = await tryOut(services);
    starts += 1;
  }
  const isHelped = ({ container }: StackService): boolean => before.get(container.name)?.worked === true;
  return {
    services: services.map((service, index) => (isHelped(service) ? service : (declared[index] ?? service))),
    before,
    starts,
  };
}
