/** Every probe of a single container, in the order of the report. */
import type { hostPaths } from "../posture/controls/host-paths.ts";
import type { Posture } from "../posture/controls.ts";
import type { Probe } from "./probe.ts";
import { boundingSet } from "./probes/bounding-set.ts";
import { callAs32Bit } from "./probes/call-as-32-bit.ts";
import { executeMemory } from "./probes/execute-memory.ts";
import { executeWritten } from "./probes/execute-written.ts";
import { fillTmpfs } from "./probes/fill-tmpfs.ts";
import { forkBomb } from "./probes/fork-bomb.ts";
import { hostDevices } from "./probes/host-devices.ts";
import { hostFiles } from "./probes/host-files.ts";
import { hostServices } from "./probes/host-services.ts";
import { identity } from "./probes/identity.ts";
import { kernelSettings } from "./probes/kernel-settings.ts";
import { makeNode } from "./probes/make-node.ts";
import { mount } from "./probes/mount.ts";
import { nameToHandle } from "./probes/name-to-handle.ts";
import { openNetlink } from "./probes/open-netlink.ts";
import { openRareSockets } from "./probes/open-rare-sockets.ts";
import { ownIpc, ownPid, ownUts } from "./probes/own-namespace.ts";
import { processorTime } from "./probes/processor-time.ts";
import { rootPowers } from "./probes/root-powers.ts";
import { seccompWitnesses } from "./probes/seccomp-witnesses.ts";
import { setUidFile } from "./probes/set-uid-file.ts";
import { takeMemory } from "./probes/take-memory.ts";
import { traceOthers } from "./probes/trace-others.ts";
import { undeclaredMounts } from "./probes/undeclared-mounts.ts";
import { userNamespace } from "./probes/user-namespace.ts";
import { wayOut } from "./probes/way-out.ts";
import { writeRoot } from "./probes/write-root.ts";
import { writeSharedMemory } from "./probes/write-shared-memory.ts";

const STRICT_PROBES: readonly Probe[] = [
  traceOthers,
  executeMemory,
  nameToHandle,
  makeNode,
  openNetlink,
  openRareSockets,
  callAs32Bit,
  writeSharedMemory,
];

/** @param posture whose controls are attacked */
export function probesOf(canary: Parameters<typeof hostPaths>[0], posture: Posture): readonly Probe[] {
  return [
    identity,
    setUidFile,
    boundingSet,
    rootPowers,
    seccompWitnesses,
    userNamespace,
    mount,
    writeRoot,
    undeclaredMounts,
    executeWritten,
    fillTmpfs,
    kernelSettings,
    forkBomb,
    takeMemory,
    processorTime,
    hostFiles(canary),
    hostDevices,
    ownPid,
    ownIpc,
    ownUts,
    wayOut,
    hostServices,
    ...(posture === "strict" ? STRICT_PROBES : []),
  ];
}
