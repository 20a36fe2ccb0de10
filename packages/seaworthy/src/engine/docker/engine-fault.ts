/** Turns what a Docker Engine or its socket answered into a Fault: its own words, what was asked, and what to do. */
import { errnoOf } from "../../fault/errno.ts";
import { Fault } from "../../fault/fault.ts";

/** What an engine's refusal means, by its status and message; the first that fits. */
const MEANINGS: readonly {
  readonly code: string;
  readonly status?: number;
  readonly message?: RegExp;
  readonly hint?: string;
}[] = [
  {
    code: "docker/disk-full",
    message: /no space left on device|not enough disk space/i,
    hint: "Free space where the engine keeps its data: docker system df shows what takes it.",
  },
  {
    code: "docker/port-taken",
    message: /port is already allocated|address already in use/i,
    hint: "Stop what listens on the port (docker ps, ss -ltnp), or publish another one.",
  },
  {
    code: "docker/not-found",
    message: /no such image|image not known|manifest unknown|manifest for .* not found/i,
    hint: "Build or pull the image first, and check its name and tag.",
  },
  {
    code: "docker/registry-denied",
    message: /pull access denied|unauthorized|authentication required|access to the resource is denied/i,
    hint: "Check the image's name, and log in to its registry (docker login).",
  },
  {
    code: "docker/deadline",
    message: /context deadline exceeded|i\/o timeout|TLS handshake timeout/i,
    hint: "The engine gave up waiting, mostly for a registry or its own storage: check its network and try again.",
  },
  // Podman answers 500 of a container that is removed while it looks.
  { code: "docker/not-found", message: /no such container/i },
  // Podman, of a container that runs already or still.
  { code: "docker/conflict", message: /container state improper/i },
  // Podman before 4.4, of a container whose process ends while Podman looks at it (podman pull request 16504).
  { code: "docker/just-ended", message: /read \/proc\/\d+\/cgroup: no such process/ },
  { code: "docker/not-found", status: 404 },
  { code: "docker/conflict", status: 409 },
  { code: "docker/not-supported", status: 501 },
];

/** @param asked what was wanted, to follow "expected": `to start container 3f2a` */
export function refusal(asked: string, status: number, message: string): Fault {
  const meaning = MEANINGS.find(
    (one) =>
      (one.status === undefined || one.status === status) &&
      (one.message === undefined || one.message.test(message)),
  );
  return new Fault({
    code: meaning?.code ?? (status >= 500 ? "docker/failed" : "docker/refused"),
    message: `expected ${asked}, but the engine says: ${message.trim()}`,
    hint: meaning?.hint,
    exit: 2,
  });
}

/** @param address as the user would write it: `unix:///var/run/docker.sock` */
export function connectionFault(asked: string, address: string, error: unknown): Fault {
  const code = errnoOf(error);
  const reason = error instanceof Error ? error.message : String(error);
  if (code === "EACCES" || code === "EPERM") {
    return new Fault({
      code: "docker/permission",
      message: `expected ${asked}, but this user may not open ${address}`,
      hint: "Run as root, or as a user of the group that owns the socket (usually docker).",
      exit: 2,
      cause: error,
    });
  }
  if (code === "ENOENT" || code === "ECONNREFUSED" || code === "ENOTFOUND" || code === "EHOSTUNREACH") {
    return new Fault({
      code: "docker/unreachable",
      message: `expected ${asked}, but nobody answers at ${address} (${code})`,
      hint: "Start the engine, or name another with DOCKER_HOST or docker context use.",
      exit: 2,
      cause: error,
    });
  }
  return new Fault({
    code: "docker/connection",
    message: `expected ${asked}, but the connection to ${address} broke: ${reason}`,
    hint: "See whether the engine is still running, and what its log says.",
    exit: 2,
    cause: error,
  });
}

/** An answer that is not what the Engine API documents. */
export function badAnswer(asked: string, found: string): Fault {
  return new Fault({
    code: "docker/bad-answer",
    message: `expected ${asked}, but the engine answered with ${found}`,
    exit: 2,
  });
}

export function isFault(error: unknown, ...codes: readonly string[]): error is Fault {
  return error instanceof Fault && codes.includes(error.code);
}
