/** Every claim on a stack as a whole, in the order of the report. */
import { dataSurvivesRestart } from "./data-survives-restart.ts";
import { datastoreUnreachable } from "./datastore-unreachable.ts";
import { healthy } from "./healthy.ts";
import { publishedPorts } from "./published-ports.ts";
import type { StackClaim } from "./scene.ts";
import { stopsOnSignal } from "./stops-on-signal.ts";

export const STACK_CLAIMS: readonly StackClaim[] = [
  publishedPorts,
  datastoreUnreachable,
  healthy,
  stopsOnSignal,
  dataSurvivesRestart,
];
