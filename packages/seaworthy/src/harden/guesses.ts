/** What the last words of a service that did not come up tell about what it misses. */
import type { Capability } from "../engine/container.ts";

/** From the messages of coreutils, gosu, su-exec, setpriv, nginx, MariaDB, Redis, Node and Python. */
const SIGNS: readonly (readonly [RegExp, readonly Capability[]])[] = [
  [/chown|changing ownership|lchown/i, ["CHOWN"]],
  [
    /gosu|su-exec|setpriv|initgroups|setgroups|setgid|setuid|seteuid|setegid|switching to|set[ur]?e?s?[ug]id|drop privileges/i,
    ["SETUID", "SETGID"],
  ],
  [/chmod|fchmod|utime|changing permissions|setting permissions|preserving times/i, ["FOWNER"]],
  [/bind|listen|address/i, ["NET_BIND_SERVICE"]],
  [/\bkill\b|signal/i, ["KILL"]],
  [/chroot/i, ["SYS_CHROOT"]],
  [/mknod/i, ["MKNOD"]],
  [/socket|ping/i, ["NET_RAW"]],
  [/setcap|xattr/i, ["SETFCAP"]],
];
const REFUSED = /operation not permitted|permission denied|EPERM|EACCES|can't set|unable to set/i;
const NO_ACCESS = /permission denied|EACCES|cannot (?:access|open|create)/i;

/** In no order; a line that only says "not permitted" speaks of what entrypoints do most. */
export function guessCapabilities(log: readonly string[]): readonly Capability[] {
  const guesses = log
    .filter((line) => REFUSED.test(line))
    .flatMap((line) => {
      const named = SIGNS.filter(([sign]) => sign.test(line)).flatMap(([, capabilities]) => capabilities);
      const access = NO_ACCESS.test(line) ? ["DAC_OVERRIDE"] : [];
      return named.length + access.length === 0 ? ["CHOWN", "SETUID", "SETGID"] : [...named, ...access];
    });
  return [...new Set(guesses)];
}

const READ_ONLY = /read-only file system|EROFS|errno 30/i;
const PATH = /(?<![\w.:/])\/[\w.@%+=/-]*[\w@%+=/-]/g;

/** What Python says, and Ruby: the file that they make there is gone before anybody could see it. */
const TEMPORARY = /no usable temporary directory|could not find a temporary directory/i;

/** Paths that could not be written because the root file system is read-only. */
export function guessPaths(log: readonly string[]): readonly string[] {
  const lines = log.filter((line) => READ_ONLY.test(line));
  const named = lines.flatMap((line) => line.match(PATH) ?? []);
  return [...new Set([...named, ...(log.some((line) => TEMPORARY.test(line)) ? ["/tmp"] : [])])];
}
