/** Every rule about a service of a Compose file, in the order of the report. */
import { DECLARED_RULES } from "./declared.ts";
import { boundedRestart } from "./rules/bounded-restart.ts";
import { confinedBuild } from "./rules/confined-build.ts";
import { fittingBudgets } from "./rules/fitting-budgets.ts";
import { healthCheck } from "./rules/health-check.ts";
import { keptConfinement } from "./rules/kept-confinement.ts";
import { keptLogs } from "./rules/kept-logs.ts";
import { keptMemoryLimit } from "./rules/kept-memory-limit.ts";
import { loopbackPorts } from "./rules/loopback-ports.ts";
import { noControlSocket } from "./rules/no-control-socket.ts";
import { noDevices } from "./rules/no-devices.ts";
import { noPrivilegedPorts } from "./rules/no-privileged-ports.ts";
import { noProviders } from "./rules/no-providers.ts";
import { noSecretsInBuild } from "./rules/no-secrets-in-build.ts";
import { noSecretsInEnvironment } from "./rules/no-secrets-in-environment.ts";
import { ownNames } from "./rules/own-names.ts";
import { ownNetwork } from "./rules/own-network.ts";
import { pinnedImage } from "./rules/pinned-image.ts";
import { privateNamespaces } from "./rules/private-namespaces.ts";
import { privatePropagation } from "./rules/private-propagation.ts";
import { safeEnvironment } from "./rules/safe-environment.ts";
import { safeSysctls } from "./rules/safe-sysctls.ts";
import { setVariables } from "./rules/set-variables.ts";
import { storePassword } from "./rules/store-password.ts";
import { storeRights } from "./rules/store-rights.ts";
import { unprivilegedHooks } from "./rules/unprivileged-hooks.ts";
import { unpublishedStore } from "./rules/unpublished-store.ts";
import { waitsForHealth } from "./rules/waits-for-health.ts";
import type { ComposeRule } from "./subject.ts";

export const COMPOSE_RULES: readonly ComposeRule[] = [
  ...DECLARED_RULES,
  healthCheck,
  loopbackPorts,
  unpublishedStore,
  storePassword,
  storeRights,
  pinnedImage,
  noControlSocket,
  privateNamespaces,
  keptConfinement,
  noDevices,
  privatePropagation,
  unprivilegedHooks,
  noProviders,
  noSecretsInEnvironment,
  safeEnvironment,
  noSecretsInBuild,
  confinedBuild,
  fittingBudgets,
  keptMemoryLimit,
  ownNetwork,
  noPrivilegedPorts,
  ownNames,
  safeSysctls,
  boundedRestart,
  keptLogs,
  waitsForHealth,
  setVariables,
];
