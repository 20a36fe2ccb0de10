/** Puts a tracer around what a service starts. It comes from Debian's signed package, with a loader and a C library of its own. */
import { join } from "node:path";
import type { BindMount, Container, HealthCheck } from "../engine/container.ts";
import type { DebianProgram } from "../engine/debian-program.ts";
import type { StackService } from "../engine/stack-service.ts";
import { allowing } from "../posture/seccomp/portable.ts";
import { type SeccompProfile, withProfile } from "../posture/seccomp/profile.ts";

export const STRACE: DebianProgram = {
  name: "strace",
  program: /^(?:\.\/)?usr\/bin\/strace$/,
  libraries: ["libc.so.6", "libunwind.so.8", "libunwind-ptrace.so.0"],
  exclude: { "libgcc-s1": "it throws nothing", libcrypt1: "it encrypts nothing" },
};

const LOADERS = { amd64: "ld-linux-x86-64.so.2", arm64: "ld-linux-aarch64.so.1" } as const;
/** What it calls itself, and a service does not need for it. */
const OF_THE_TRACER = ["ptrace", "process_vm_readv", "process_vm_writev"];

/** In the container. */
const PROGRAM = "/.seaworthy-learn/strace";
const LOG = "/.seaworthy-learn/log";
const LOG_FILE = "calls";

export interface Tracing {
  /** Of {@link STRACE} on the host, absolute. */
  readonly tracer: string;
  /** On the host, absolute, and for everybody to write to: the log is in it, as {@link LOG_FILE}. */
  readonly folder: string;
  /** What the service runs under meanwhile: it takes other ways where a call is refused. */
  readonly profile: SeccompProfile;
}

/** How much longer a health check may take. */
const SLOWER = 5;

/** The same service, each of its calls written down. Its limits are lifted, for the tracer counts too. */
export function traced(service: StackService, tracing: Tracing): StackService {
  const { container, healthCheck } = service;
  const { tracer, folder, profile } = tracing;
  const bind = (source: string, target: string, readOnly: boolean): BindMount => ({
    ...{ kind: "bind", source, target, readOnly },
  });
  const followed: Container = {
    ...container,
    argv: wrapped(container, container.argv),
    limits: { ...container.limits, memory: undefined, pids: undefined },
    mounts: [...container.mounts, bind(tracer, PROGRAM, true), bind(folder, LOG, false)],
  };
  return {
    ...service,
    container: withProfile(followed, allowing(profile, OF_THE_TRACER)),
    healthCheck: healthCheck === undefined ? undefined : slowed(container, healthCheck),
  };
}

function slowed(container: Container, check: HealthCheck): HealthCheck {
  const { argv, timeout, startPeriod } = check;
  return {
    ...check,
    argv: wrapped(container, argv),
    timeout: timeout * SLOWER,
    startPeriod: startPeriod * SLOWER,
  };
}

/**
 * With `-D` the service keeps its place as the first process, and the tracer is one of its children. Arguments are written
 * as numbers: what a service reads and writes is nobody's business.
 * @see {@link https://man7.org/linux/man-pages/man1/strace.1.html}
 */
function wrapped({ image }: Container, argv: readonly string[]): readonly string[] {
  const loader = LOADERS[image.config.architecture];
  const options = ["-D", "-f", "-A", "-qqq", "-s", "0", "-e", "raw=all", "-e", "signal=none"];
  return [
    ...[`${PROGRAM}/${loader}`, "--library-path", PROGRAM, `${PROGRAM}/strace`, ...options],
    ...["-o", `${LOG}/${LOG_FILE}`, "--", ...argv],
  ];
}

export function logOf({ folder }: Pick<Tracing, "folder">): string {
  return join(folder, LOG_FILE);
}
