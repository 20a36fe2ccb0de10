/** What our own supervisor asks of a project where it cannot make networks: that all services share one. */
import { Fault } from "../fault/fault.ts";
import type { ComposeProject } from "../recipe/compose.ts";

/**
 * In a pod every service sees every other. Two that the file keeps apart would too, so that is refused.
 * @throws Fault `compose/separate-networks`
 */
export function requireOnePod({ services, file, source }: ComposeProject): void {
  const inPod = [...services.values()]
    .filter(({ network }) => network === "pod")
    .map(({ name, networks }) => ({ name, networks: networks.map(({ network }) => network) }));
  for (const [index, one] of inPod.entries()) {
    for (const other of inPod.slice(index + 1)) {
      if (one.networks.some((name) => other.networks.includes(name))) continue;
      const outside = one.networks.includes("default") ? other : one;
      throw new Fault({
        code: "compose/separate-networks",
        message: `expected services that share a network, found ${one.name} and ${other.name} kept apart`,
        place: { file, line: source(["services", outside.name]).line },
        hint: "Give both a common network, or run the stack on a Docker Engine (--engine docker), which keeps them apart.",
      });
    }
  }
}
