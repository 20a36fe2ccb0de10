/** What every verb is given besides its own options, and where it keeps things. */
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Progress } from "../progress/progress.ts";
import type { StackState } from "../stack/state.ts";

export interface VerbIo {
  readonly progress: Progress;
  /** Aborted on Ctrl-C. */
  readonly signal: AbortSignal;
  readonly env: Readonly<Record<string, string | undefined>>;
  now(): Date;
  /** All that is piped in; waits for its end. */
  stdin?(): Promise<Uint8Array>;
  /** One line the user should see, whatever else is shown. */
  warn(text: string): void;
  /** Told of every change while a stack comes up. */
  onStack?(state: StackState): void;
}

export interface ProjectOptions {
  /** The folder of the Compose file, or the file itself. */
  readonly directory: string;
  /** Compose files by name, lowest first, instead of the folder's own. */
  readonly files?: readonly string[] | undefined;
  /** Files of variables for `${VAR}`, instead of `.env`. */
  readonly envFiles?: readonly string[] | undefined;
  /** Whose services are part of the stack, beside those without any profile. */
  readonly profiles?: readonly string[] | undefined;
  readonly projectName?: string | undefined;
  readonly mirror?: string | undefined;
  /** `runc` or `docker`; the machine's Docker Engine when it answers, runc otherwise. */
  readonly engine?: string | undefined;
  /** With a Docker Engine: build services that have a Dockerfile by it, also where they could be assembled. */
  readonly dockerfile?: boolean | undefined;
  /** With a Docker Engine: assemble the images of known data stores instead of pulling them. */
  readonly assemble?: boolean | undefined;
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
  const isRoot = process.geteuid?.() === 0;
  return {
    cache: absolute(
      env["SEAWORTHY_CACHE_DIR"],
      join(env["XDG_CACHE_HOME"] ?? join(home, ".cache"), "seaworthy"),
    ),
    run: absolute(env["SEAWORTHY_RUN_DIR"], isRoot ? "/run/seaworthy" : userRun(env)),
    state: absolute(
      env["SEAWORTHY_STATE_DIR"],
      isRoot
        ? "/var/lib/seaworthy"
        : join(env["XDG_STATE_HOME"] ?? join(home, ".local", "state"), "seaworthy"),
    ),
  };
}

/** Where the system gives an ordinary user no such folder, one in the machine's own for temporary files. */
function userRun(env: VerbIo["env"]): string {
  const given = env["XDG_RUNTIME_DIR"];
  return given === undefined || given === ""
    ? join(tmpdir(), `seaworthy-${process.getuid?.() ?? 0}`)
    : join(given, "seaworthy");
}

function absolute(chosen: string | undefined, otherwise: string): string {
  return resolve(chosen === undefined || chosen === "" ? otherwise : chosen);
}
