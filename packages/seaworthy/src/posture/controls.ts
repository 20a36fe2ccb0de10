/** Every control of both postures, in the order of the report. */
import type { Control } from "./control.ts";
import { capabilities } from "./controls/capabilities.ts";
import { cpuLimit } from "./controls/cpu-limit.ts";
import { noHostDevices } from "./controls/host-devices.ts";
import { hostPaths } from "./controls/host-paths.ts";
import { memoryLimit } from "./controls/memory-limit.ts";
import { no32BitCalls } from "./controls/no-32-bit-calls.ts";
import { noFileHandles } from "./controls/no-file-handles.ts";
import { noMemoryPrograms } from "./controls/no-memory-programs.ts";
import { noMount } from "./controls/no-mount.ts";
import { noNamespaces } from "./controls/no-namespaces.ts";
import { noNetlink } from "./controls/no-netlink.ts";
import { noNewPrivileges } from "./controls/no-new-privileges.ts";
import { noRareSockets } from "./controls/no-rare-sockets.ts";
import { noSharedMemory } from "./controls/no-shared-memory.ts";
import { noSpecialFiles } from "./controls/no-special-files.ts";
import { noTracing } from "./controls/no-tracing.ts";
import { nonRoot } from "./controls/non-root.ts";
import { pidsLimit } from "./controls/pids-limit.ts";
import { privateIpc } from "./controls/private-ipc.ts";
import { privateNetwork } from "./controls/private-network.ts";
import { privatePid } from "./controls/private-pid.ts";
import { privateUts } from "./controls/private-uts.ts";
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
  cpuLimit,
  hostPaths(NO_CANARY),
  noHostDevices,
  privatePid,
  privateIpc,
  privateUts,
  privateNetwork,
];

/** What a container that is hardened by the book still allows. */
export const STRICT_CONTROLS: readonly Control[] = [
  noTracing,
  noMemoryPrograms,
  noFileHandles,
  noSpecialFiles,
  noNetlink,
  noRareSockets,
  no32BitCalls,
  noSharedMemory,
];

export type Posture = "baseline" | "strict";

export function controlsOf(posture: Posture): readonly Control[] {
  return posture === "strict" ? [...CONTROLS, ...STRICT_CONTROLS] : CONTROLS;
}
