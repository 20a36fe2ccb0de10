/** Reads one service of a Compose file; whatever the engine cannot honour is refused here, key by key. */
import { constants } from "node:os";
import { resolve } from "node:path";
import { readCapabilities } from "./capabilities.ts";
import { readCommand } from "./command-line.ts";
import { checkKeys, KEYS } from "./compose-keys.ts";
import {
  type ComposeNode,
  type ComposeWarning,
  type MapNode,
  unsupported,
  valueFault,
} from "./compose-node.ts";
import type { ComposeBuild, ComposeRestart, ComposeService } from "./compose-service.ts";
import { readDependencies } from "./dependencies.ts";
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
import { readGrants } from "./grants.ts";
import { readHealthCheck } from "./health-check.ts";
import { readLimits } from "./limits.ts";
import { DEFAULT_NETWORKS, readNetworkMode, readNetworks } from "./networks.ts";
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
  refuseForeign(map, name);
  const { warnings } = context;
  if (!map.entries.has("image") && !map.entries.has("build")) {
    throw valueFault(map, "a service with an image or a build", "neither");
  }
  optional(map, "logging", (logging) => readLogging(logging, warnings));
  return {
    name,
    image: optional(map, "image", expectString),
    build: optional(map, "build", (build) => readBuild(build, context)),
    packageImage: optional(map, "x-seaworthy", (image) => readPackageImage(image, map)),
    containerName: optional(map, "container_name", readContainerName),
    entrypoint: optional(map, "entrypoint", readCommand),
    command: optional(map, "command", readCommand),
    workingDirectory: optional(map, "working_dir", readWorkingDirectory),
    environment: await readWholeEnvironment(map, context),
    labels: optional(map, "labels", readPairs) ?? new Map(),
    user: optional(map, "user", readUser),
    groups: optional(map, "group_add", (groups) => expectList(groups).items.map(readGroup)) ?? [],
    readOnly: optional(map, "read_only", expectBoolean) ?? false,
    privileged: optional(map, "privileged", expectBoolean) ?? false,
    capAdd: optional(map, "cap_add", readCapabilities) ?? [],
    capDrop: optional(map, "cap_drop", readCapabilities) ?? [],
    security: optional(map, "security_opt", readSecurityOptions) ?? NO_SECURITY_OPTIONS,
    limits: readLimits(map),
    network: optional(map, "network_mode", (mode) => readNetworkMode(mode, map)) ?? "pod",
    networks: optional(map, "networks", readNetworks) ?? DEFAULT_NETWORKS,
    pid: optional(map, "pid", readNamespace) ?? "private",
    ipc: optional(map, "ipc", readNamespace) ?? "private",
    mounts: readMounts(map, context),
    grants: [
      ...(optional(map, "secrets", (secrets) => readGrants(secrets, "secret", warnings)) ?? []),
      ...(optional(map, "configs", (configs) => readGrants(configs, "config", warnings)) ?? []),
    ],
    ports: optional(map, "ports", (ports) => readPorts(expectList(ports))) ?? [],
    expose: optional(map, "expose", (expose) => expectList(expose).items.map(expectText)) ?? [],
    healthCheck: optional(map, "healthcheck", readHealthCheck),
    dependsOn: optional(map, "depends_on", readDependencies) ?? [],
    restart: optional(map, "restart", readRestart) ?? { policy: "no" },
    stopSignal: optional(map, "stop_signal", readSignal),
    stopGrace: optional(map, "stop_grace_period", readDuration),
  };
}

/** Keys of which only the value that changes nothing can be honoured. */
function refuseForeign(map: MapNode, name: string): void {
  const refuse = (key: string, hint: string): void => {
    const node = map.entries.get(key);
    if (node !== undefined && optional(map, key, expectBoolean) === true) {
      throw unsupported(node, "true", hint);
    }
  };
  refuse("init", "Leave it out; let the program reap its own children.");
  refuse("tty", "Leave it out; services run without a terminal.");
  refuse("stdin_open", "Leave it out; services run without input.");
  optional(map, "hostname", (node) => {
    if (expectString(node) !== name) {
      throw unsupported(node, "a host name of its own", `Leave it out; it is ${name}.`);
    }
  });
  optional(map, "pull_policy", (node) => {
    const policy = expectOneOf(node, ["always", "never", "missing", "if_not_present", "build"]);
    if (policy === "always") {
      throw unsupported(node, "pulling", "Leave it out; images are assembled, not pulled.");
    }
  });
}

async function readWholeEnvironment(map: MapNode, context: ServiceContext): Promise<Environment> {
  const files = map.entries.get("env_file");
  const below = files === undefined ? [] : await readEnvFiles(files, context.lookup);
  const above = optional(map, "environment", (node) => readEnvironment(node, context.lookup)) ?? [];
  return new Map<string, string | undefined>([...below, ...above]);
}

function readBuild(node: ComposeNode, { warnings }: ServiceContext): ComposeBuild {
  if (node.kind !== "map") {
    return {
      context: resolve(node.base, expectString(node)),
      dockerfile: undefined,
      args: new Map(),
      target: undefined,
    };
  }
  checkKeys(node, KEYS.build);
  for (const key of ["args", "target"]) {
    const ignored = node.entries.get(key);
    if (ignored === undefined) continue;
    warnings.push({
      code: "compose/ignored-key",
      message: `${ignored.key} speaks to a Dockerfile; images built here do not use one`,
      place: ignored.place,
    });
  }
  return {
    context: resolve(node.base, optional(node, "context", expectString) ?? "."),
    dockerfile: optional(node, "dockerfile", expectString),
    args: optional(node, "args", readPairs) ?? new Map(),
    target: optional(node, "target", expectString),
  };
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

function readNamespace(node: ComposeNode): "private" | "host" {
  const mode = expectString(node);
  if (mode === "private" || mode === "host") return mode;
  throw unsupported(node, `"${mode}"`, "Leave it out, or write host.");
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

function readLogging(node: ComposeNode, warnings: ComposeWarning[]): void {
  const map = expectMap(node);
  checkKeys(map, KEYS.logging);
  optional(map, "driver", expectString);
  optional(map, "options", expectMap);
  warnings.push({
    code: "compose/ignored-key",
    message: `${node.key} is left to the engine, which keeps logs in files and rotates them`,
    place: node.place,
  });
}
