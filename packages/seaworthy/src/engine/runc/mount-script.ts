/**
 * The shell script that stands between `unshare` and runc: in a mount namespace of the container's own it lays the
 * overlay and prepares what must exist before the first process. Its mounts go when the last process has gone.
 */
import { posix } from "node:path";
import type { TmpfsMount, VolumeMount } from "../container.ts";
import type { PlantedFile } from "../engine.ts";

export interface MountScript {
  readonly bundle: string;
  /** How many links `lower/0`, `lower/1`, ... the bundle has, the top layer first. */
  readonly layers: number;
  readonly tmpfs: readonly Pick<TmpfsMount, "target" | "mode">[];
  /** Made when they are not there: owned as said, or as the path in the image is. */
  readonly volumes: readonly (Pick<VolumeMount, "source" | "target"> & {
    readonly owner?: { readonly uid: number; readonly gid: number; readonly mode?: number };
  })[];
  /** Their contents are in the bundle as `plant/0`, `plant/1`, ... */
  readonly plant: readonly Omit<PlantedFile, "content">[];
  /** A folder for LD_LIBRARY_PATH, for the command alone. */
  readonly libraries: string;
  readonly command: readonly string[];
  /** Whether one id is all there is: nothing is given to others, and no control group is shown to the runtime. */
  readonly rootless: boolean;
}

/**
 * `inside` is the guard against images whose links lead out: nothing is touched unless the path below the root is
 * free of symbolic links. Without `readlink -m` nothing passes.
 */
const FUNCTIONS = `
inside() { [ "$(readlink -m -- "root$1")" = "$here/root$1" ]; }
tmpfs() { if inside "$1"; then mkdir -p -- "root$1"; chmod "$2" "root$1"; fi; }
volume() {
  [ -e "$1" ] && return 0
  partial="$1.$$.partial"
  mkdir -p -- "$partial"
  chmod 755 "$partial"
  if inside "$2" && [ -d "root$2" ]; then cp -a -- "root$2/." "$partial/"; fi
  if [ -n "$3" ]; then chown "$3" "$partial"; fi
  if [ -n "$4" ]; then chmod "$4" "$partial"; fi
  mv -T -- "$partial" "$1" 2>/dev/null || { rm -rf -- "$partial"; [ -d "$1" ]; }
}
guard() { mount --bind -- "$1" "$1"; mount -o remount,bind,nosuid,nodev -- "$1"; }
plant() {
  inside "$2" || { echo "no room for $2: a link is in the way" >&2; return 1; }
  mkdir -p -- "$(dirname "root$2")"
  cp -- "plant/$1" "root$2"
  chown "$4" "root$2"
  chmod "$3" "root$2"
}`;

/**
 * For `sh -c`. Messages of the preparation go to the file `prepare.log` in the bundle.
 * Relative layer names keep the overlay's options within the page that mount(2) takes, whatever the paths.
 */
export function mountScript(script: MountScript): string {
  const lower = Array.from({ length: script.layers }, (_, index) => `lower/${index}`).join(":");
  return [
    "set -eu",
    `cd ${quote(script.bundle)}`,
    'here="$(pwd -P)"',
    "umask 022",
    "exec 3>&2 2>prepare.log",
    FUNCTIONS,
    // One id cannot be given away; and crun refuses a hybrid hierarchy even when told to leave groups alone.
    ...(script.rootless ? ["chown() { :; }", "mount -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup"] : []),
    `mount -t overlay overlay -o ${script.rootless ? "userxattr," : ""}lowerdir=${lower},upperdir=upper,workdir=work root`,
    ...script.volumes.map(({ source, target, owner }) => {
      const [who, mode] = [owner === undefined ? "" : `${owner.uid}:${owner.gid}`, owner?.mode];
      return `volume ${quote(source)} ${quote(clean(target))} ${quote(who)} ${mode === undefined ? "''" : octal(mode)}`;
    }),
    // crun 1.8 drops these two flags from a bind mount that may be written to, but keeps those it finds.
    ...(script.rootless ? script.volumes.map(({ source }) => `guard ${quote(source)}`) : []),
    ...script.tmpfs.map(({ target, mode }) => `tmpfs ${quote(clean(target))} ${octal(mode)}`),
    ...script.plant.map(
      ({ path, mode, uid, gid }, index) =>
        `plant ${index} ${quote(clean(path))} ${octal(mode)} ${uid}:${gid}`,
    ),
    "exec 2>&3 3>&-",
    ...(script.libraries === "" ? [] : [`export LD_LIBRARY_PATH=${quote(script.libraries)}`]),
    `exec ${script.command.map(quote).join(" ")}`,
  ].join("\n");
}

/** One word for the shell, whatever is in it. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

function clean(path: string): string {
  return posix.resolve("/", path);
}

function octal(mode: number): string {
  return mode.toString(8);
}
