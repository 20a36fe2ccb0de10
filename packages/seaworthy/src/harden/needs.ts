/** What a service needs beyond the posture, and the service under the posture with just that. */
import { posix } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Container, Mount, PublishedPort, TmpfsMount, User } from "../engine/container.ts";
import type { StackService } from "../engine/stack-service.ts";
import { noHostDevices } from "../posture/controls/host-devices.ts";
import { memoryLimit } from "../posture/controls/memory-limit.ts";
import { noNewPrivileges } from "../posture/controls/no-new-privileges.ts";
import { pidsLimit } from "../posture/controls/pids-limit.ts";
import { privateIpc } from "../posture/controls/private-ipc.ts";
import { privateNetwork } from "../posture/controls/private-network.ts";
import { privatePid } from "../posture/controls/private-pid.ts";
import { privateUts } from "../posture/controls/private-uts.ts";
import { readOnlyRoot } from "../posture/controls/read-only-root.ts";
import { seccomp } from "../posture/controls/seccomp.ts";
import { systemPaths } from "../posture/controls/system-paths.ts";
import { tmpfsBounded } from "../posture/controls/tmpfs-bounded.ts";
import { tmpfsNoexec } from "../posture/controls/tmpfs-noexec.ts";
import { withoutWayOut } from "./closed-networks.ts";
import type { Limiting } from "./limits.ts";
import { scratchSize } from "./writable.ts";

/** Something that the original has and the posture takes away: a capability (`CHOWN`) or a control's id (`seccomp`). */
export type Grant = string;

export interface Needs {
  readonly user: User;
  /** What had to be left to it. */
  readonly grants: readonly Grant[];
  /** Whether it gets a first process that waits for orphans, because its own does not. */
  readonly init: boolean;
  /** Where it writes what nobody misses. */
  readonly scratch: readonly string[];
  /** Where it writes what must outlive it. */
  readonly data: readonly string[];
  readonly limits: Limiting;
  /** Ports that were the machine's own and are to be published once the service has left its network. */
  readonly publish: readonly number[];
  /** Ports that nothing declares, and that it is plainly there for. */
  readonly expose: readonly number[];
}

/** A restriction that a service may turn out not to bear. */
export interface Restriction {
  readonly id: Grant;
  apply(container: Container): Container;
}

/** The grant of a service that is seen to need what is outside of the stack. */
const WAY_OUT: Grant = "way-out";

/** One that mounts code can only be a mistake, so that a service which writes there has something to say. */
const readOnlyCode: Restriction = {
  id: "read-only-code",
  apply: (container) => ({
    ...container,
    mounts: container.mounts.map((mount) =>
      mount.kind === "bind" && holdsCode(mount.target, container) ? { ...mount, readOnly: true } : mount,
    ),
  }),
};

/** Everything but the user, the capabilities and the limits. Roughly from what is needed most often on. */
const RESTRICTIONS: readonly Restriction[] = [
  ...[readOnlyRoot, tmpfsNoexec, noNewPrivileges, seccomp, readOnlyCode, privateNetwork],
  ...[privatePid, privateIpc, privateUts, systemPaths, noHostDevices],
];

/** All that the posture would take away from a service, and which it might need. */
export function grantsOf(service: StackService): readonly Grant[] {
  const { container } = service;
  const open = RESTRICTIONS.filter(({ apply }) => !isDeepStrictEqual(apply(container), container));
  const network = isDeepStrictEqual(withoutWayOut(service), service) ? [] : [WAY_OUT];
  return [...open.map(({ id }) => id), ...network, ...container.capabilities];
}

export function isCapability(grant: Grant): boolean {
  return /^[A-Z_]+$/.test(grant);
}

/**
 * The service under the whole posture but for its needs. Pure; narrower than the original in every respect but for the
 * places to write, which a read-only root takes away otherwise.
 * @param project by whose name its new volumes are called
 */
export function hardened(service: StackService, needs: Needs, project: string): StackService {
  const kept = new Set(needs.grants);
  const original = service.container;
  let container: Container = {
    ...original,
    user: needs.user,
    capabilities: original.capabilities.filter((name) => kept.has(name)),
  };
  for (const { id, apply } of RESTRICTIONS) if (!kept.has(id)) container = apply(container);
  if (needs.init) container = { ...container, extras: { ...container.extras, init: true } };
  container = tmpfsBounded.apply({
    ...container,
    mounts: [...container.mounts, ...newMounts(original, needs, project)],
  });
  container = pidsLimit.apply(memoryLimit.apply(withLimits(container, needs.limits)));
  const leavesHost = original.network === "host" && container.network !== "host";
  return {
    ...service,
    container,
    networks: leavesHost
      ? [{ network: "default", aliases: [] }]
      : (kept.has(WAY_OUT) ? service : withoutWayOut(service)).networks,
    ports: leavesHost ? [...service.ports, ...needs.publish.map(ownPort)] : service.ports,
    ...(needs.expose.length === 0
      ? {}
      : { expose: [...(service.expose ?? []), ...needs.expose.map(String)] }),
  };
}

function ownPort(port: number): PublishedPort {
  return { address: "127.0.0.1", published: port, target: port };
}

function withLimits(container: Container, { memory, pids, cpus }: Limiting): Container {
  const { limits } = container;
  return {
    ...container,
    limits: {
      ...limits,
      memory: limits.memory ?? memory,
      pids: limits.pids ?? pids,
      cpus: limits.cpus ?? cpus,
    },
  };
}

/** Parents before what lies inside them. */
function newMounts({ mounts, name }: Container, needs: Needs, project: string): readonly Mount[] {
  const taken = new Set(mounts.map(({ target }) => target));
  const scratch = needs.scratch.map((target) => tmpfsAt(target, needs.user));
  const data = needs.data.map((target): Mount => {
    const key = volumeKey(name, target);
    return { kind: "volume", name: `${project}_${key}`, source: key, target, readOnly: false };
  });
  return [...scratch, ...data]
    .filter(({ target }) => !taken.has(target))
    .sort((a, b) => (a.target < b.target ? -1 : 1));
}

/**
 * With nothing in it to execute. `/tmp` is everybody's; another is its user's own by number, not by a mode for all:
 * runc before 1.2 gives one whose directory is not in the image the mode 0755 from the second start on.
 */
function tmpfsAt(target: string, { uid, gid }: User): TmpfsMount {
  const mount = { kind: "tmpfs", target, size: scratchSize(target), exec: false } as const;
  const isShared = uid === 0 || target === "/tmp" || target === "/var/tmp";
  return isShared ? { ...mount, mode: 0o1777 } : { ...mount, mode: 0o755, uid, gid };
}

/** The key under the top-level `volumes` for data that had none: `db-lib-postgresql`. */
export function volumeKey(service: string, target: string): string {
  const place = target.replace(/^\/(?:var\/)?/, "").replaceAll(/[^a-zA-Z0-9]+/g, "-");
  return `${service}-${place}`;
}

/** Whether the program runs in or below it: what is mounted there is the program. */
export function holdsCode(target: string, { workingDirectory, argv }: Container): boolean {
  const inside = (path: string): boolean => path === target || path.startsWith(`${target}/`);
  const isRun = argv.some((word) => inside(posix.resolve(workingDirectory, word)));
  return target !== "/" && (inside(workingDirectory) || isRun) && workingDirectory !== "/";
}
