/** What every verb is given besides its own options, and where it keeps things. */
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { Progress } from "../progress/progress.ts";

export interface VerbIo {
  readonly progress: Progress;
  /** Aborted on Ctrl-C. */
  readonly signal: AbortSignal;
  readonly env: Readonly<Record<string, string | undefined>>;
  now(): Date;
  /** One line the user should see, whatever else is shown. */
  warn(text: string): void;
}

export interface ProjectOptions {
  /** The folder of the Compose file, or the file itself. */
  readonly directory: string;
  /** A Compose file by name, instead of the folder's own. */
  readonly file?: string | undefined;
  readonly mirror?: string | undefined;
}

export interface Directories {
  /** What can be made again: packages, layers, unpacked images. */
  readonly cache: string;
  /** What ends with a stack. */
  readonly run: string;
  /** What outlives stacks: volumes. */
  readonly state: string;
}

/**
 * `SEAWORTHY_CACHE_DIR`, `SEAWORTHY_RUN_DIR`, `SEAWORTHY_STATE_DIR`; else the places that the
 * XDG base directory specification and the file system hierarchy name.
 */
export function directoriesOf(env: VerbIo["env"]): Directories {
  const home = env["HOME"] ?? homedir();
  return {
    cache: absolute(
      env["SEAWORTHY_CACHE_DIR"],
      join(env["XDG_CACHE_HOME"] ?? join(home, ".cache"), "seaworthy"),
    ),
    run: absolute(env["SEAWORTHY_RUN_DIR"], "/run/seaworthy"),
    state: absolute(env["SEAWORTHY_STATE_DIR"], "/var/lib/seaworthy"),
  };
}

function absolute(chosen: string | undefined, otherwise: string): string {
  return resolve(chosen === undefined || chosen === "" ? otherwise : chosen);
}
