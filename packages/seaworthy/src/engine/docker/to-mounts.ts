/** The mounts of a container as the Engine API takes them. */
import { posix } from "node:path";
import type { BindMount, Container, Mount, TmpfsMount, User } from "../container.ts";
import type { EngineMount, HostConfig } from "./create-request.ts";

export interface MountContext {
  readonly flavor: "docker" | "podman";
  readonly secrets: "bind" | "copy";
}

export function toMounts(
  { mounts, user, readOnlyRoot }: Pick<Container, "mounts" | "user" | "readOnlyRoot">,
  context: MountContext,
): Pick<HostConfig, "Tmpfs" | "Binds" | "Mounts"> {
  const tmpfs = mounts.filter((mount) => mount.kind === "tmpfs");
  const short = mounts.filter((mount) => isShort(mount));
  return {
    Tmpfs: Object.fromEntries([
      ...(context.flavor === "podman" && readOnlyRoot ? closed(mounts) : []),
      ...tmpfs.map((mount) => [mount.target, tmpfsOptions(mount, user, context)] as const),
    ]),
    Binds: short.map(shortBind),
    Mounts: [
      ...mounts.flatMap((mount) => longMount(mount, context)),
      ...(context.secrets === "copy" ? secretFolders(mounts).map(anonymousVolume) : []),
    ],
  };
}

/**
 * Where Podman gives a read-only container a tmpfs of its own, without a limit and executable, unless it is told of another
 * mount there: one that shows what the image has, and cannot be written to.
 */
const PODMANS_OWN = ["/run", "/tmp", "/var/tmp"];

function closed(mounts: readonly Mount[]): readonly (readonly [target: string, options: string])[] {
  const declared = new Set(mounts.map(({ target }) => posix.resolve("/", target)));
  return PODMANS_OWN.filter((target) => !declared.has(target)).map((target) => [
    target,
    "ro,nosuid,nodev,noexec",
  ]);
}

/** The folders that hold secrets which are copied in: each is a volume of the container's own. */
function secretFolders(mounts: readonly Mount[]): readonly string[] {
  const secrets = mounts.filter((mount) => mount.kind === "secret");
  return [...new Set(secrets.map(({ target }) => posix.dirname(posix.resolve("/", target))))];
}

function longMount(mount: Mount, context: MountContext): readonly EngineMount[] {
  switch (mount.kind) {
    case "tmpfs":
      return [];
    case "volume":
      return [{ Type: "volume", Source: mount.name, Target: mount.target, ReadOnly: mount.readOnly }];
    case "scratch":
      // One that has an owner of its own is filled by whoever starts the container; the image's content would set another.
      return [
        {
          ...anonymousVolume(mount.target),
          ...(mount.owner === undefined ? {} : { VolumeOptions: { NoCopy: true } }),
        },
      ];
    case "bind":
      return isShort(mount) ? [] : [longBind(mount)];
    case "secret":
      return context.secrets === "copy"
        ? []
        : [{ Type: "bind", Source: mount.source, Target: mount.target, ReadOnly: true }];
  }
}

function anonymousVolume(target: string): EngineMount {
  return { Type: "volume", Target: target };
}

/** Only the short form makes a source that is missing, in every version of the API; a colon would end its path. */
function isShort(mount: Mount): mount is BindMount {
  return (
    mount.kind === "bind" && mount.createSource === true && !`${mount.source}${mount.target}`.includes(":")
  );
}

function shortBind({ source, target, readOnly, propagation }: BindMount): string {
  const options = [readOnly ? "ro" : "rw", ...(propagation === undefined ? [] : [propagation])];
  return `${source}:${target}:${options.join(",")}`;
}

function longBind({ source, target, readOnly, propagation, createSource }: BindMount): EngineMount {
  const options = {
    ...(propagation === undefined ? {} : { Propagation: propagation }),
    ...(createSource === true ? { CreateMountpoint: true } : {}),
  };
  return {
    Type: "bind",
    Source: source,
    Target: target,
    ReadOnly: readOnly,
    ...(Object.keys(options).length === 0 ? {} : { BindOptions: options }),
  };
}

/**
 * The mode is for a target that the image does not have: runc before 1.2 gives a tmpfs the mode of the directory it
 * covers, whatever is asked.
 */
function tmpfsOptions(mount: TmpfsMount, user: User, { flavor }: MountContext): string {
  return [
    "rw",
    "nosuid",
    "nodev",
    mount.exec ? "exec" : "noexec",
    `mode=${mount.mode.toString(8)}`,
    ...(mount.size === undefined ? [] : [`size=${mount.size}`]),
    ...(flavor === "podman" ? podmanOptions(mount, user) : ownerOptions(mount)),
  ].join(",");
}

function ownerOptions({ uid, gid }: TmpfsMount): readonly string[] {
  return [...(uid === undefined ? [] : [`uid=${uid}`]), ...(gid === undefined ? [] : [`gid=${gid}`])];
}

/**
 * It would fill a tmpfs with what the image has there, and gives one to no other owner than root and the container's user.
 * Below its own /run it forgets the mode, so that one which is to be everybody's is at least the user's.
 */
function podmanOptions({ uid, mode }: TmpfsMount, user: User): readonly string[] {
  const isTheirs = uid === undefined ? (mode & 0o002) !== 0 : uid === user.uid;
  return ["notmpcopyup", ...(isTheirs ? ["U"] : [])];
}
