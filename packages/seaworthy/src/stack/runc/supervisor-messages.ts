/** What the command line and a stack's supervisor say to each other while the first starts the second. */
import type { NetworkPlan } from "../../engine/runc/networks.ts";
import type { RuncBinary } from "../../engine/runc/runc.ts";
import type { StackSpec } from "../stack-spec.ts";
import type { StackState } from "../state.ts";
import type { LogRotation } from "./log-file.ts";

/** Sent with the listening socket. */
export interface ListenMessage {
  readonly kind: "listen";
  readonly service: string;
  readonly target: number;
}

export interface StartMessage {
  readonly kind: "start";
  readonly spec: StackSpec;
  readonly networks: NetworkPlan;
  readonly logs?: LogRotation | undefined;
  readonly runc: RuncBinary;
  /** For `init: true`; `undefined` when no service asks for it. */
  readonly init: string | undefined;
  readonly layerRoot: string;
  /** Whether the stack ends when the command line does. */
  readonly leash: boolean;
}

export type ToSupervisor = ListenMessage | StartMessage;

/** `locked`: nobody else runs this project now, and the hub's network is there. */
export type FromSupervisor =
  | { readonly kind: "locked" }
  | { readonly kind: "state"; readonly state: StackState };

/** Over the control socket. */
export type ControlQuestion =
  | { readonly ask: "stop" }
  | { readonly ask: "bounce"; readonly service: string; readonly loseVolumes: boolean }
  | {
      readonly ask: "exec";
      readonly service: string;
      readonly argv: readonly string[];
      readonly timeout?: number;
      /** Base64. */
      readonly stdin?: string;
    };

/** The answer to `bounce` for a service that does not run. */
export const NOT_RUNNING = "not running";

/** Base64 for the streams. */
export interface ControlExecResult {
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}
