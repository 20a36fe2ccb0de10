/** Where a service writes, and what that place is: scratch, data that must outlive it, or its own code. */

export interface WrittenPlaces {
  /** Directories for which a temporary file system does. */
  readonly scratch: readonly string[];
  /** Directories that need a volume. */
  readonly data: readonly string[];
  /** Paths inside what was shipped, as they were written. */
  readonly code: readonly string[];
}

/** The first that fits decides; its group is the directory. After the file system hierarchy standard (FHS 3.0). */
const RULES: readonly (readonly [RegExp, "scratch" | "data" | "nothing"])[] = [
  // Python's and the shell's side effects: nobody misses them.
  [/^(.*)\/__pycache__(?:\/|$)|\.pyc$/, "nothing"],
  [/^(\/(?:proc|sys|dev)(?:\/|$))/, "nothing"],
  [/^(\/etc\/(?:hosts|hostname|resolv\.conf|mtab))$/, "nothing"],
  [/^(\/tmp)(?:\/|$)/, "scratch"],
  [/^(\/var\/tmp)(?:\/|$)/, "scratch"],
  [/^(\/run\/[^/]+)\/./, "scratch"],
  [/^(\/run)(?:\/|$)/, "scratch"],
  [/^(\/var\/(?:cache|log|lock)\/[^/]+)\/./, "scratch"],
  [/^(\/var\/(?:cache|log|lock))(?:\/|$)/, "scratch"],
  [/^(\/(?:root|home\/[^/]+|var\/www)\/\.(?:cache|config|local|npm|yarn|pm2))(?:\/|$)/, "scratch"],
  [/^(\/var\/lib\/[^/]+\/(?:tmp|cache|logs?))(?:\/|$)/, "scratch"],
  [/^(\/var\/(?:lib|spool|opt)\/[^/]+)(?:\/|$)/, "data"],
  [/^(\/(?:data|storage|backup|backups|uploads))(?:\/|$)/, "data"],
  [/^(\/srv\/[^/]+)(?:\/|$)/, "data"],
  [
    /^(\/(?:app|code|workspace|usr\/src\/app|opt\/[^/]+|home\/[^/]+)\/(?:tmp|temp|\.?cache|logs?))(?:\/|$)/,
    "scratch",
  ],
  [
    /^(\/(?:app|code|workspace|usr\/src\/app|opt\/[^/]+|home\/[^/]+)\/(?:data|storage|uploads|db|database))(?:\/|$)/,
    "data",
  ],
];

/** @param mounted targets that are mounts already: what is below them is not of the root file system */
export function writtenPlaces(paths: readonly string[], mounted: readonly string[]): WrittenPlaces {
  const real = paths.map((path) => path.replace(/^\/var\/run(?=\/|$)/, "/run"));
  // Of a directory that changed because something in it did, only that something counts.
  const leaves = real.filter((path) => path !== "/" && !real.some((other) => other.startsWith(`${path}/`)));
  const places = { scratch: new Set<string>(), data: new Set<string>(), code: new Set<string>() };
  for (const path of leaves) {
    if (mounted.some((target) => path === target || path.startsWith(`${target}/`))) continue;
    const [rule, kind] = RULES.find(([pattern]) => pattern.test(path)) ?? [undefined, "code" as const];
    if (kind === "nothing") continue;
    const directory = rule?.exec(path)?.[1] ?? path;
    // A mount above another would hide what that one holds.
    const hides = mounted.some((target) => target.startsWith(`${directory}/`));
    if (hides && kind === "data") places.code.add(path);
    else places[kind].add(kind === "code" ? path : directory);
  }
  return {
    scratch: [...places.scratch].sort(),
    data: [...places.data].sort(),
    code: [...places.code].sort(),
  };
}

/** In bytes: what is temporary or cached may be more than sockets, locks and numbers of processes. */
export function scratchSize(target: string): number {
  return /^\/(?:tmp|var\/tmp|var\/cache\/)/.test(target) ? 64 * 1024 ** 2 : 16 * 1024 ** 2;
}
