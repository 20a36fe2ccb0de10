/** What a trial showed of one service. */
import type { User } from "../engine/container.ts";
import type { StackService } from "../engine/stack-service.ts";
import type { Usage } from "./limits.ts";

export interface Outcome {
  /** Whether it came up, stayed up, was there again after a stop, and answered as it does. */
  readonly worked: boolean;
  /** Why not, in a few words. */
  readonly problem: string;
  /** Whether it runs, and only its health check says otherwise. */
  readonly isUnhealthy: boolean;
  /** Its last lines. */
  readonly log: readonly string[];
  /** Paths of its root file system that it wrote. */
  readonly writes: readonly string[];
  /** Whom its processes ran as, the first process first; empty where that could not be seen. */
  readonly users: readonly User[];
  readonly usage: Usage | undefined;
  /** Whether orphans stayed with its first process as zombies; left out where that could not be seen. Looked for once. */
  readonly keepsZombies?: boolean;
  /** TCP ports that it listens on, in its own network; `undefined` where that could not be seen. */
  readonly listens: readonly number[] | undefined;
  /** A program of its image that can ask whether it works, where nobody said how; looked for once. */
  readonly check?: readonly string[];
}

/** Starts a copy of the stack with these services, tries it out, and takes it down. */
export type TryOut = (services: readonly StackService[]) => Promise<ReadonlyMap<string, Outcome>>;
