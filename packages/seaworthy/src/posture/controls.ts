/** Every control, in the order of the report. */
import type { Control } from "./control.ts";
import { capabilities } from "./controls/capabilities.ts";
import { noHostDevices } from "./controls/host-devices.ts";
import { hostPaths } from "./controls/host-paths.ts";
import { memoryLimit } from "./controls/memory-limit.ts";
import { noMount } from "./controls/no-mount.ts";
import { noNamespaces } from "./controls/no-namespaces.ts";
import { noNewPrivileges } from "./controls/no-new-privileges.ts";
import { nonRoot } from "./controls/non-root.ts";
import { pidsLimit } from "./controls/pids-limit.ts";
import { privateIpc } from "./controls/private-ipc.ts";
import { privateNetwork } from "./controls/private-network.ts";
import { privatePid } from "./controls/private-pid.ts";
import { readOnlyRoot } from "./controls/read-only-root.ts";
import { seccomp } from "./controls/seccomp.ts";
import { systemPaths } from "./controls/system-paths.ts";
import { tmpfsBounded } from "./controls/tmpfs-bounded.ts";
import { tmpfsNoexec } from "./controls/tmpfs-noexec.ts";

/** Nothing is mounted to look at what was declared. */
const NO_CANARY = { directory: "", socket: "" };

export const CONTROLS: readonly Control[] = [
  nonRoot,
  noNewPrivileges,
  capabilities,
  seccomp,
  noNamespaces,
  noMount,
  readOnlyRoot,
  tmpfsNoexec,
  tmpfsBounded,
  systemPaths,
  pidsLimit,
  memoryLimit,
  hostPaths(NO_CANARY),
  noHostDevices,
  privatePid,
  privateIpc,
  privateNetwork,
];
