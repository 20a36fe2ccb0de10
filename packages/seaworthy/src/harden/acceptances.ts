/** What a Compose file cannot change, in the words of who accepts it: why it remains, and how it is really mended. */
import type { Finding } from "@seaworthy/evidence";
import type { StackService } from "../engine/stack-service.ts";
import { isCapability, type Needs } from "./needs.ts";
import type { Outcome } from "./outcome.ts";
import { CONTROL_SOCKETS, leftOpen } from "./remarks.ts";
import type { Found } from "./search.ts";

/** A claim on a service that does not hold, and a true reason for living with it. */
export interface Acceptance {
  readonly control: string;
  readonly service: string;
  readonly reason: string;
}

export interface Circumstances {
  /** The service under the posture. */
  readonly service: StackService;
  readonly origin: "assembled" | "built from its Dockerfile" | "pulled";
  readonly found: Found | undefined;
  readonly seen: Outcome | undefined;
  /** Whether each network that it is in is declared without a way out. */
  readonly isClosedIn: boolean;
}

/**
 * One for each breached claim that no key of the Compose file could mend. What such a key could mend, what is `unproven`,
 * and a secret in an image are not for accepting.
 */
export function acceptances(
  findings: readonly Finding[],
  circumstances: ReadonlyMap<string, Circumstances>,
): readonly Acceptance[] {
  const found = new Map<string, Acceptance>();
  for (const finding of findings) {
    const { control, service, verdict } = finding;
    const own = circumstances.get(service);
    if (verdict !== "breached" || own === undefined) continue;
    const reason = (REASONS[control] ?? whatItNeeds(control))(own, finding);
    if (reason !== undefined) found.set(`${control}/${service}`, { control, service, reason });
  }
  return [...found.values()];
}

const SHELL = /(?:^|\/)(?:sh|bash|dash|ash|busybox)$/;

type Reason = (own: Circumstances, finding: Finding) => string | undefined;

const REASONS: Readonly<Record<string, Reason>> = {
  "private-network": (own, finding) => {
    const { service, isClosedIn } = own;
    if (service.ports.length > 0)
      return "A Docker Engine publishes ports only from a network with a way out. Say at the firewall what it may reach (chain DOCKER-USER), or let a proxy publish for it";
    if (isClosedIn && finding.id.startsWith("private-network.host-services/"))
      return 'Its network is internal, and this engine has an address of the machine in it. driver_opts: { com.docker.network.bridge.inhibit_ipv4: "true" } takes that out on a Docker Engine';
    if (isClosedIn)
      return "Its network is internal, but this engine leaves a route in it and only its firewall in the way. Docker 26 and later leave none: upgrade the engine";
    return whatItNeeds("way-out")(own, finding);
  },
  pinned: ofImage(
    "It is built here. FROM name@sha256:... in its Dockerfile and a lock file with hashes for what it installs pin its parts",
    "A tag can be moved. image: name@sha256:..., as docker pull prints it, cannot",
  ),
  "programs-exist": ({ service, seen }) =>
    service.healthCheck !== undefined && seen?.worked === true
      ? "The image's own health check calls a program that it lacks. HEALTHCHECK NONE in its Dockerfile, or a program that it has"
      : undefined,
  "no-shell": ({ service, origin }) => {
    if (origin === "built from its Dockerfile")
      return "Its base image brings one. A final stage FROM an image without a shell, health check and command in exec form, and it is gone";
    if (origin === "pulled") return "It comes with the image. A variant without a shell has none";
    return SHELL.test(service.container.argv[0] ?? "")
      ? "It is a shell script itself. Written in a language that needs no shell, it runs without one"
      : undefined;
  },
  "host-paths": ({ service: { container } }) => {
    const binds = container.mounts.filter((mount) => mount.kind === "bind");
    if (binds.length === 0 || binds.some(({ source }) => CONTROL_SOCKETS.test(source))) return undefined;
    const places = binds.map(({ target, readOnly }) => `${target}${readOnly ? " (read-only)" : ""}`);
    return `It is given ${places.join(", ")} of this machine. COPY of what it reads into its image, and a named volume for what it writes, need nothing of the machine`;
  },
  "no-package-manager": ofImage(
    "Its base image brings one, or a COPY --from of all that was installed. Copy only what the service imports into the final stage, or remove it there (RUN python3 -m pip uninstall --yes pip; RUN rm /usr/bin/dpkg /usr/bin/apt*)",
    "It comes with the image, and on a read-only root can install nothing. A slimmer variant, or --assemble, has none",
  ),
  "no-set-id-files": ofImage(
    "They give no power under no-new-privileges. RUN find / -xdev -type f -perm /6000 -exec chmod a-s {} + in the final stage takes the bits away, and setcap -r FILE a file's capabilities",
    "They come with the image and give no power under no-new-privileges. An image built FROM it with RUN find / -xdev -type f -perm /6000 -exec chmod a-s {} + has none",
  ),
  "no-build-tools": ofImage(
    "Its base image or a step of its Dockerfile brings them. A stage of its own for building, and COPY --from of what it made, leaves them behind",
    "They come with the image. A slimmer variant has none",
  ),
  "no-leftovers": ({ origin }) => {
    if (origin === "built from its Dockerfile")
      return "COPY of named files and folders in place of COPY . . and a .dockerignore in its Dockerfile's folder keep them out";
    if (origin === "pulled") return "They come with the image, and only its author can leave them out";
    return "They are part of its package, as npm pack would make it. Naming what belongs to it under files in package.json leaves them out";
  },
  "sound-accounts": (own, finding) =>
    own.service.container.noNewPrivileges
      ? ofImage(
          "Nobody becomes another user under no-new-privileges. RUN usermod --lock NAME and userdel of what is there twice, in the final stage, mend it",
          "They come with the image, and nobody becomes another user under no-new-privileges",
        )(own, finding)
      : undefined,
  "unchangeable-code": (own, finding) =>
    own.service.container.readOnlyRoot
      ? ofImage(
          "Its root is read-only, so that nothing of it can be changed while that holds. COPY without --chown in its Dockerfile leaves the code to root for good",
          "It comes with the image, and on a read-only root nothing of it can be changed",
        )(own, finding)
      : undefined,
  "no-development-dependencies": ofImage(
    "Install with --omit=dev in the final stage of its Dockerfile",
    undefined,
  ),
  "size-budget": ofImage(
    "Its layers are larger than what was allowed: copy only what it uses into the final stage",
    "The image is larger than what was allowed: a slimmer variant exists for most",
  ),
  "declared-listeners": (_, { hardened }) =>
    `Seen: ${hardened?.summary.en ?? "a port that is not declared"}. expose names a port that others are meant to reach; any other is for its program's configuration to close`,
  healthy: ({ service, seen }, { id }) => {
    if (id.startsWith("healthy.hung/"))
      return "Its check passes while the service hangs, as one does that only connects. A program in its image that waits for an answer (curl, or one of its own), named under healthcheck, notices";
    if (service.healthCheck !== undefined || seen?.worked !== true || seen.listens === undefined)
      return undefined;
    return seen.listens.length === 0
      ? "It listens nowhere, so that nobody but its author can tell whether it works. Let it touch a file as it goes on, and check the file's age"
      : "No program in its image can ask whether it works. Put one in (busybox, curl, or one of its own), and name it under healthcheck";
  },
  "store-password": () =>
    "It asks for none, and its clients know none. --requirepass or a file of users for Redis, POSTGRES_PASSWORD_FILE for PostgreSQL, each as a secret that its clients are given too",
  "store-rights": () =>
    "Its clients log in as the account that rules it. A role of their own, made by an SQL file in /docker-entrypoint-initdb.d, or for Redis a user of an ACL file without +@admin and +@dangerous, and their configuration names it",
  "no-secrets-in-environment": () =>
    "Its password is a variable, which a Compose file alone cannot change for its program. Where the program takes a file (POSTGRES_PASSWORD_FILE), give it one under secrets",
  "stops-on-signal": ({ service: { container } }, { hardened }) =>
    `Seen on ${container.stopSignal}: ${hardened?.summary.en ?? "it does not end with 0"}. Its program is to handle the signal, finish what is under way, and exit with 0`,
};

function ofImage(built: string, pulled: string | undefined): Reason {
  return ({ origin }) =>
    origin === "built from its Dockerfile" ? built : origin === "pulled" ? pulled : undefined;
}

/** What trying has shown that it cannot do without. */
function whatItNeeds(control: string): Reason {
  return ({ found }) => {
    const needs = found?.needs;
    if (found === undefined || needs === undefined || !isNeeded(control, needs)) return undefined;
    return `Tried: ${leftOpen(needs, found.trials).join("; ")}. Only its program or its entrypoint can change that`;
  };
}

function isNeeded(control: string, { grants, user }: Needs): boolean {
  if (control === "non-root") return user.uid === 0;
  if (control === "capabilities") return grants.some(isCapability) || user.uid === 0;
  return grants.includes(control);
}
