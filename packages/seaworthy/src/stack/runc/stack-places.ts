/** Where on the host a stack lives that has a supervisor of ours. */
import { join } from "node:path";
import { placesOf } from "../../engine/runc/places.ts";

export interface StackPlaces {
  /** All below it ends with the stack. */
  readonly folder: string;
  readonly state: string;
  readonly control: string;
  readonly logs: string;
  /** What the supervisor itself printed: only of interest when it failed. */
  readonly supervisorLog: string;
  readonly supervisor: string;
  /** A mount point for the host's network namespace, for services that ask for it. */
  readonly hostNetwork: string;
  /** Held by the supervisor for as long as it lives. */
  readonly lock: string;
}

export function stackPlaces(runRoot: string, project: string): StackPlaces {
  const folder = placesOf(runRoot, project).project;
  return {
    folder,
    state: join(folder, "state.json"),
    control: join(folder, "control.sock"),
    logs: join(folder, "logs"),
    supervisorLog: join(folder, "supervisor.log"),
    supervisor: join(folder, "supervisor.json"),
    hostNetwork: join(folder, "host-network"),
    lock: `${folder}.lock`,
  };
}

export function logFile(places: StackPlaces, service: string): string {
  return join(places.logs, `${service}.log`);
}
