/** The one interface between Seaworthy and whatever runs containers. */
import type { Capability, Container } from "./container.ts";

export interface EngineFacts {
  readonly engine: "runc" | "docker";
  /** Of the engine: `runc 1.1.5`, `Docker 26.1.5`, `Podman 4.3.1`. */
  readonly version: string;
  readonly kernel: string;
  readonly architecture: string;
  readonly cgroup: "v1" | "v2";
  /** The most that any container here can be given. */
  readonly capabilities: readonly Capability[];
  /** Whether its processes are ours to see by number: it runs on this machine, in this process namespace. */
  readonly local: boolean;
  /** Whether containers run in a user namespace without root of the host. */
  readonly rootless: boolean;
  /** What it cannot enforce here, each with the reason: `memory`, `pids`, `cpus`, `seccomp`, `network`. */
  readonly unable: ReadonlyMap<string, string>;
}

/** One file put into a container's root before its first process starts. Only doubles are given any. */
export interface PlantedFile {
  /** Absolute, in the container. */
  readonly path: string;
  readonly content: Uint8Array;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** A network namespace that somebody else keeps: `/proc/7/ns/net` for runc, `container:ID` for a Docker Engine. */
export type NetworkHandle = string;

export interface StartOptions {
  /** The network namespace: a new one with a loopback device only, that of a running container, or the host's. */
  readonly network:
    | { readonly kind: "private" }
    | { readonly kind: "join"; readonly network: NetworkHandle }
    | { readonly kind: "host" };
  /** Name to address lines for `/etc/hosts`, beside `localhost` and the container's own name. */
  readonly hosts?: ReadonlyMap<string, string>;
  readonly plant?: readonly PlantedFile[];
  /** Ends the container (SIGKILL) when aborted. */
  readonly signal?: AbortSignal;
}

export interface Exit {
  /** The exit code, or `undefined` when a signal ended the process. */
  readonly code: number | undefined;
  readonly signal: string | undefined;
  /** Whether the kernel killed it for using more memory than allowed, where the engine can tell. */
  readonly outOfMemory: boolean;
}

export interface ExecResult {
  readonly code: number | undefined;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  readonly timedOut: boolean;
}

/** A started container. Disposing it kills it and removes all that the engine made for it. */
export interface Running extends AsyncDisposable {
  readonly id: string;
  /** The first process, as the host numbers it. */
  readonly pid: number;
  readonly stdin: NodeJS.WritableStream;
  readonly stdout: NodeJS.ReadableStream;
  readonly stderr: NodeJS.ReadableStream;
  /** Resolves when the first process has ended; never rejects. */
  readonly exited: Promise<Exit>;
  /** Runs a second process in it, confined like the first. */
  exec(
    argv: readonly string[],
    options?: { readonly timeout?: number; readonly stdin?: Uint8Array },
  ): Promise<ExecResult>;
  kill(signal: string): Promise<void>;
}

export interface Engine {
  facts(): Promise<EngineFacts>;
  /** Resolves once the container's first process runs. Throws a Fault when it cannot be started. */
  start(container: Container, options: StartOptions): Promise<Running>;
}
