/** A probe: one harmless attack on one claim, made twice: in the container as declared, and in its twin. */
import type { Attempt, Text } from "@seaworthy/evidence";
import type { Container } from "../engine/container.ts";
import type { Control } from "../posture/control.ts";
import type { Attacker } from "./attacker.ts";

/** What an attack is told about the container it is in. */
export interface Target {
  readonly container: Container;
  readonly attacker: Attacker;
  /** Absolute, in the container: a copy of the trampoline that belongs to root and is set-user-id. */
  readonly setUidFile: string;
  /** The container as it was declared, also in the twin: what an attack tries to exceed. */
  readonly declared: Container;
  /** A file that the prover made on the host, and what is in it. */
  readonly canary: { readonly path: string; readonly content: string };
}

export interface Probe {
  readonly id: string;
  readonly control: Control;
  /** What it puts to the test, when that is not just its control's claim. */
  readonly claim?: Text;
  /** What to write against it, when that is not what sets its control. */
  readonly fix?: Text;
  /** Whom it attacks; all services when left out. */
  readonly services?: readonly string[];
  /**
   * Whose rights the attack has, on both sides. `root` where file permissions would hide the control under test,
   * `unprivileged` where root would not need to attack.
   */
  readonly as: "declared" | "root" | "unprivileged";
  /** Whether it stands in the service's own network instead of an empty one. */
  readonly inNetwork?: boolean;
  /** Whether it is about a profile that was learned; every other one stands in the container with its posture's profile. */
  readonly withLearnedProfile?: true;
  attempt(target: Target): Promise<Attempt>;
}
