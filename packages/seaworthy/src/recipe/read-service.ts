/** Reads one service of a Compose file; whatever the engine cannot honour is refused here, key by key. */
import { constants } from "node:os";
import { readBuild } from "./build.ts";
import { readCapabilities } from "./capabilities.ts";
import { readCommand } from "./command-line.ts";
import { checkKeys, KEYS } from "./compose-keys.ts";
import { type ComposeNode, type ComposeWarning, type MapNode, valueFault } from "./compose-node.ts";
import type { ComposeRestart, ComposeService } from "./compose-service.ts";
import { readAllDependencies } from "./dependencies.ts";
import { checkDeploy, deployRestart } from "./deploy.ts";
import { readDuration } from "./durations.ts";
import { type Environment, type Lookup, readEnvFiles, readEnvironment, readPairs } from "./environment.ts";
import {
  expectBoolean,
  expectList,
  expectMap,
  expectOneOf,
  expectString,
  expectText,
  optional,
} from "./expect.ts";
import { readExtras } from "./extras.ts";
import { readGrants } from "./grants.ts";
import { readHealthCheck } from "./health-check.ts";
import { ignore } from "./ignored.ts";
import { readLimits } from "./limits.ts";
import { DEFAULT_NETWORKS, readAttachments, readNetworkMode } from "./networks.ts";
import { readPackageImage } from "./package-image.ts";
import { readPorts } from "./ports.ts";
import { NO_SECURITY_OPTIONS, readSecurityOptions } from "./security-options.ts";
import { readTmpfs } from "./tmpfs.ts";
import { readGroup, readUser } from "./user.ts";
import { type ComposeMount, type HostFolders, readMount } from "./volumes.ts";

export interface ServiceContext extends HostFolders {
  readonly lookup: Lookup;
  readonly warnings: ComposeWarning[];
}

/** @throws Fault `compose/...` with the line */
export async function readService(
  name: string,
  node: ComposeNode,
  context: ServiceContext,
): Promise<ComposeService> {
  const map = expectMap(node);
  checkKeys(map, KEYS.service);
  const { warnings } = context;
  ignore(map, ["attach", "develop"], "is for Compose's own command line", warnings);
  checkDeploy(map, warnings);
  if (!map.entries.has("image") && !map.entries.has("build")) {
    throw valueFault(map, "a service with an image or a build", "neither");
  }
  const network = optional(map, "network_mode", (mode) => readNetworkMode(mode, map)) ?? "pod";
  return {
    name,
    image: optional(map, "image", expectString),
    build: optional(map, "build", (build) => readBuild(build, warnings)),
    packageImage: optional(map, "x-seaworthy", (image) => readPackageImage(image, map)),
    containerName: optional(map, "container_name", readContainerName),
    entrypoint: optional(map, "entrypoint", readCommand),
    command: optional(map, "command", readCommand),
    workingDirectory: optional(map, "working_dir", readWorkingDirectory),
    environment: await readWholeEnvironment(map, context),
    labels: await readLabels(map, context),
    user: optional(map, "user", readUser),
    groups: optional(map, "group_add", (groups) => expectList(groups).items.map(readGroup)) ?? [],
    readOnly: optional(map, "read_only", expectBoolean) ?? false,
    privileged: optional(map, "privileged", expectBoolean) ?? false,
    capAdd: optional(map, "cap_add", readCapabilities) ?? [],
    capDrop: optional(map, "cap_drop", readCapabilities) ?? [],
    security: (await optional(map, "security_opt", readSecurityOptions)) ?? NO_SECURITY_OPTIONS,
    limits: readLimits(map),
    network,
    networks:
      network === "pod"
        ? (optional(map, "networks", (node) => readAttachments(node, warnings)) ?? DEFAULT_NETWORKS)
        : [],
    pid: optional(map, "pid", readNamespace) ?? "private",
    ipc: optional(map, "ipc", readIpc) ?? "private",
    uts: optional(map, "uts", (node) => expectOneOf<"host">(node, ["host"])) ?? "private",
    mounts: readMounts(map, context),
    grants: [
      ...(optional(map, "secrets", (secrets) => readGrants(secrets, "secret", warnings)) ?? []),
      ...(optional(map, "configs", (configs) => readGrants(configs, "config", warnings)) ?? []),
    ],
    ports: optional(map, "ports", (ports) => readPorts(expectList(ports))) ?? [],
    expose: optional(map, "expose", (expose) => expectList(expose).items.map(expectText)) ?? [],
    healthCheck: optional(map, "healthcheck", readHealthCheck),
    dependsOn: readAllDependencies(map),
    restart: optional(map, "restart", readRestart) ?? deployRestart(map) ?? { policy: "no" },
    stopSignal: optional(map, "stop_signal", readSignal),
    stopGrace: optional(map, "stop_grace_period", readDuration),
    extras: readExtras(map),
  };
}

async function readLabels(map: MapNode, { lookup }: ServiceContext): Promise<ComposeService["labels"]> {
  const files = map.entries.get("label_file");
  const below = files === undefined ? [] : await readEnvFiles(files, lookup);
  return new Map<string, string | undefined>([...below, ...(optional(map, "labels", readPairs) ?? [])]);
}

async function readWholeEnvironment(map: MapNode, context: ServiceContext): Promise<Environment> {
  const files = map.entries.get("env_file");
  const below = files === undefined ? [] : await readEnvFiles(files, context.lookup);
  const above = optional(map, "environment", (node) => readEnvironment(node, context.lookup)) ?? [];
  return new Map<string, string | undefined>([...below, ...above]);
}

function readWorkingDirectory(node: ComposeNode): string {
  const path = expectString(node);
  if (!path.startsWith("/")) throw valueFault(node, "an absolute path");
  return path;
}

function readMounts(map: MapNode, folders: HostFolders): ComposeService["mounts"] {
  const mounts = new Map<string, ComposeMount>();
  const add = (node: ComposeNode, mount: ComposeMount): void => {
    if (mounts.has(mount.target)) {
      throw valueFault(node, "the only mount of its path", `two for ${mount.target}`);
    }
    mounts.set(mount.target, mount);
  };
  optional(map, "volumes", (node) => {
    for (const item of expectList(node).items) add(item, readMount(item, folders));
  });
  optional(map, "tmpfs", (node) => {
    for (const item of node.kind === "list" ? node.items : [node]) add(item, readTmpfs(item));
  });
  return [...mounts.values()];
}

function readNamespace(node: ComposeNode): ComposeService["pid"] {
  const mode = expectString(node);
  if (mode === "private" || mode === "host") return mode;
  // Others may share it, which none is stopped from here.
  if (mode === "" || mode === "shareable") return "private";
  if (/^(service|container):./.test(mode)) return { share: mode };
  throw valueFault(node, "host, private, service:NAME or container:NAME");
}

/** `none` is a namespace of its own without `/dev/shm`. */
function readIpc(node: ComposeNode): ComposeService["ipc"] {
  return expectString(node) === "none" ? "none" : readNamespace(node);
}

function readContainerName(node: ComposeNode): string {
  const name = expectString(node);
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name)) {
    throw valueFault(node, "a name of letters, digits, _ . and -");
  }
  return name;
}

function readRestart(node: ComposeNode): ComposeRestart {
  const [policy, attempts, ...more] = expectString(node).split(":");
  if (policy === "on-failure" && more.length === 0) {
    if (attempts === undefined) return { policy, attempts: undefined };
    if (/^\d{1,9}$/.test(attempts)) return { policy, attempts: Number(attempts) || undefined };
  }
  if (attempts === undefined && (policy === "no" || policy === "always" || policy === "unless-stopped")) {
    return { policy };
  }
  throw valueFault(node, '"no", always, unless-stopped, on-failure or on-failure:N');
}

/** As `SIGTERM`, also from `TERM` and `15`. */
function readSignal(node: ComposeNode): string {
  const text = expectText(node).toUpperCase();
  const names = Object.entries(constants.signals);
  const found = names.find(
    ([name, number]) => name === text || name === `SIG${text}` || String(number) === text,
  );
  if (found === undefined) throw valueFault(node, "a signal like SIGTERM");
  return found[0];
}
