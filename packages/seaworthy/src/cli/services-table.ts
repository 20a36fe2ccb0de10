/** The services of a stack as one table. */
import type { StackState } from "../stack/state.ts";
import { age, table } from "./text.ts";

export function servicesTable(state: StackState, now: Date): string {
  const rows = state.services.map(
    ({ name, status, image, ports, restarts, startedAt, exitCode, failure }) => [
      name,
      status +
        (exitCode === undefined || status !== "exited" ? "" : ` (${exitCode})`) +
        (failure === undefined ? "" : `: ${failure}`),
      image.reference,
      ports.map(({ address, published, target }) => `${address}:${published}->${target}`).join(", ") || "-",
      String(restarts),
      startedAt === undefined ? "-" : age(startedAt, now),
    ],
  );
  return table([["SERVICE", "STATUS", "IMAGE", "PORTS", "RESTARTS", "UP"], ...rows]);
}
