/** Every claim on a stack as a whole, in the order of the report. */
import type { StackClaim } from "./stack-claim.ts";
import { dataSurvivesRestart } from "./stack-claims/data-survives-restart.ts";
import { datastoreUnreachable } from "./stack-claims/datastore-unreachable.ts";
import { declaredListeners } from "./stack-claims/declared-listeners.ts";
import { healthy } from "./stack-claims/healthy.ts";
import { noNativeCalls } from "./stack-claims/no-native-calls.ts";
import { noSecretsInEnvironment } from "./stack-claims/no-secrets-in-environment.ts";
import { noZombies } from "./stack-claims/no-zombies.ts";
import { publishedPorts } from "./stack-claims/published-ports.ts";
import { separateNetworks } from "./stack-claims/separate-networks.ts";
import { stopsOnSignal } from "./stack-claims/stops-on-signal.ts";
import { storePassword } from "./stack-claims/store-password.ts";
import { storeRights } from "./stack-claims/store-rights.ts";

export const STACK_CLAIMS: readonly StackClaim[] = [
  publishedPorts,
  declaredListeners,
  separateNetworks,
  datastoreUnreachable,
  storePassword,
  storeRights,
  noSecretsInEnvironment,
  noNativeCalls,
  healthy,
  noZombies,
  stopsOnSignal,
  dataSurvivesRestart,
];
