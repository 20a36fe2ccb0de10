/** Directories that no package brings but every container needs, with the modes they need. */
import { digestOf } from "../content/digest.ts";
import type { Part } from "../tree/tree.ts";

export interface RequiredDirectory {
  /** Relative to the root. */
  readonly path: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly because: string;
}

const owned = { uid: 0, gid: 0 } as const;

/** Mount points of a container's own file systems, and the places every program may count on. */
export const STANDARD_DIRECTORIES: readonly RequiredDirectory[] = [
  { path: "dev", mode: 0o755, ...owned, because: "devices are mounted here" },
  { path: "proc", mode: 0o755, ...owned, because: "the process file system is mounted here" },
  { path: "sys", mode: 0o755, ...owned, because: "the kernel's objects are mounted here" },
  { path: "run", mode: 0o755, ...owned, because: "sockets and secrets are mounted here" },
  { path: "tmp", mode: 0o1777, ...owned, because: "programs expect a place for temporary files" },
  { path: "var/tmp", mode: 0o1777, ...owned, because: "programs expect a place for temporary files" },
  { path: "root", mode: 0o700, ...owned, because: "home of root" },
];

export function directoriesPart(directories: readonly RequiredDirectory[]): Part {
  return {
    name: "rule/directories",
    key: digestOf(JSON.stringify(["directories", 1, directories])),
    entries: () =>
      Promise.resolve(
        directories.map(({ because, ...directory }) => ({
          ...directory,
          kind: "directory" as const,
          reason: { kind: "rule" as const, origin: "directories", because },
        })),
      ),
  };
}
