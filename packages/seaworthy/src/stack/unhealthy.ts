/** What a user is told when a stack does not come up: which service, how it stands, and its last words. */
import { Fault } from "../fault/fault.ts";
import { progressOf, type ServiceState, type StackState } from "./state.ts";

const LAST_LINES = 5;

/**
 * Names the service that failed, or the first that is still not up.
 * @param lastLines the last lines that a service printed, oldest first
 */
export async function unhealthyFault(
  state: StackState,
  lastLines: (service: string) => Promise<readonly string[]>,
): Promise<Fault> {
  const progress = progressOf(state);
  const service =
    progress.kind === "failed"
      ? progress.service
      : state.services.find((one) => one.status !== "healthy" && one.status !== "running" && !one.settled);
  const name = service?.name ?? state.project;
  const lines = (await lastLines(name).catch(() => [])).slice(-LAST_LINES);
  const check = service?.health.at(-1)?.output.trim() ?? "";
  return new Fault({
    code: "stack/unhealthy",
    message: `expected service "${name}" to become healthy, found it ${describe(service)}`,
    hint: [
      ...(check === "" ? [] : [`Its health check said: ${check}`]),
      ...(lines.length === 0 ? [] : [`Its last words: ${lines.join(" | ")}`]),
      `See \`seaworthy logs ${name}\`.`,
    ].join("\n"),
    exit: 2,
  });
}

function describe(service: ServiceState | undefined): string {
  if (service === undefined) return "missing";
  if (service.failure !== undefined) return `not started: ${service.failure}`;
  if (service.status !== "exited") return service.status;
  const how = service.signal === undefined ? `code ${service.exitCode}` : service.signal;
  return `ended with ${how}${service.outOfMemory ? " (out of memory)" : ""}`;
}
