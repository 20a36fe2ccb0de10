/** Every claim on a stack as a whole, in the order of the report. */
import type { StackClaim } from "./stack-claim.ts";
import { dataSurvivesRestart } from "./stack-claims/data-survives-restart.ts";
import { datastoreUnreachable } from "./stack-claims/datastore-unreachable.ts";
import { healthy } from "./stack-claims/healthy.ts";
import { publishedPorts } from "./stack-claims/published-ports.ts";
import { stopsOnSignal } from "./stack-claims/stops-on-signal.ts";

export const STACK_CLAIMS: readonly StackClaim[] = [
  publishedPorts,
  datastoreUnreachable,
  healthy,
  stopsOnSignal,
  dataSurvivesRestart,
];
