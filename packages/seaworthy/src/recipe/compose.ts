/** Reads Compose files into a project: the recipe of a stack, complete or refused with the line that is wrong. */
import { homedir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import type { SourceLine } from "@seaworthy/evidence";
import { Fault, type Place } from "../fault/fault.ts";
import { checkKeys, KEYS } from "./compose-keys.ts";
import { type ComposeNode, type ComposeWarning, type MapNode, valueFault } from "./compose-node.ts";
import type { ComposeService } from "./compose-service.ts";
import { type Demands, NO_DEMANDS, readDemands } from "./demands.ts";
import { checkDependencies } from "./dependencies.ts";
import { readDotenvFiles } from "./dotenv.ts";
import { expectMap, expectString, optional, required } from "./expect.ts";
import { type ComposeFile, readFileResource } from "./file-resource.ts";
import { loadModel } from "./load-model.ts";
import { type ComposeVolume, readVolume } from "./named-volumes.ts";
import { type ComposeNetwork, readNetwork } from "./networks.ts";
import { enabledServices } from "./profiles.ts";
import { readService } from "./read-service.ts";
import { placeOf, sourceLine } from "./source-line.ts";
import { tolerate } from "./tolerate.ts";

export interface ComposeProject extends Demands {
  readonly name: string;
  /** As the caller wrote it; the first of several. */
  readonly file: string;
  /** Lowest first, as the caller wrote them; what they include or extend is not among them. */
  readonly files: readonly string[];
  /** Absolute. */
  readonly directory: string;
  /** In the file's order. */
  readonly services: ReadonlyMap<string, ComposeService>;
  readonly volumes: ReadonlyMap<string, ComposeVolume>;
  readonly networks: ReadonlyMap<string, ComposeNetwork>;
  readonly secrets: ReadonlyMap<string, ComposeFile>;
  readonly configs: ReadonlyMap<string, ComposeFile>;
  readonly warnings: readonly ComposeWarning[];
  /** What all files together say, keys that are not honoured included. */
  readonly model: MapNode;
  /** The line that decides a value, or under which it is missing: `["services", "app", "read_only"]`. */
  source(path: readonly string[]): SourceLine;
  /** The same, for messages. */
  place(path: readonly string[]): Place;
}

const SERVICE_NAME = /^[a-zA-Z0-9][a-zA-Z0-9._-]*$/;

export interface ComposeOptions {
  /** Files of variables for `${VAR}`, instead of the `.env` beside the first file. */
  readonly envFiles?: readonly string[] | undefined;
  /** Whether keys that are part of Compose and not honoured here are passed over; refused when left out. */
  readonly tolerant?: boolean;
  /** Whose services are part of the stack, beside those without any; `*` is all. `COMPOSE_PROFILES` when left out. */
  readonly profiles?: readonly string[] | undefined;
}

/** One file alone. @see {@link readComposeFiles} */
export function readComposeFile(
  path: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ComposeProject> {
  return readComposeFiles([path], environment);
}

/**
 * @param files lowest first, the first one's folder being the project's
 * @param environment for `${VAR}`; wins over files of variables
 * @throws Fault `compose/...`, exit 3, at the first thing that cannot be honoured
 */
export async function readComposeFiles(
  files: readonly [string, ...string[]],
  environment: Readonly<Record<string, string | undefined>>,
  options: ComposeOptions = {},
): Promise<ComposeProject> {
  const [path] = files;
  const directory = dirname(resolve(path));
  const given = (name: string): string | undefined => environment[name];
  const dotenv = await readDotenvFiles(options.envFiles ?? [join(directory, ".env")], given, {
    needed: options.envFiles !== undefined,
  });
  const lookup = (name: string): string | undefined => environment[name] ?? dotenv.get(name);
  const warnings: ComposeWarning[] = [];
  const model = await loadModel(files, directory, { lookup, warnings });
  const root = options.tolerant === true ? tolerate(model) : model;

  checkKeys(root, KEYS.project);
  const version = root.entries.get("version");
  if (version !== undefined) {
    warnings.push({ code: "compose/ignored-key", message: "version is obsolete", place: version.place });
  }
  const home = environment["HOME"] ?? homedir();
  const profiles = options.profiles ?? (lookup("COMPOSE_PROFILES") ?? "").split(",");
  const servicesNode = enabledServices(required(root, "services", expectMap), profiles);
  const services = new Map<string, ComposeService>();
  for (const [name, node] of servicesNode.entries) {
    if (!SERVICE_NAME.test(name)) {
      throw valueFault(node, "a service name of letters, digits, - _ .", `"${name}"`);
    }
    services.set(name, await readService(name, node, { home, lookup, warnings }));
  }
  const project: ComposeProject = {
    name: projectName(root, lookup("COMPOSE_PROJECT_NAME"), directory),
    file: path,
    files,
    ...(optional(root, "x-seaworthy", readDemands) ?? NO_DEMANDS),
    directory,
    services,
    volumes: section(root, "volumes", readVolume),
    networks: section(root, "networks", (node) => readNetwork(node, warnings)),
    secrets: section(root, "secrets", (node, name) =>
      readFileResource(node, name, "secret", directory, lookup),
    ),
    configs: section(root, "configs", (node, name) =>
      readFileResource(node, name, "config", directory, lookup),
    ),
    warnings,
    model,
    source: (wanted) => sourceLine(model, wanted, directory),
    place: (wanted) => placeOf(model, wanted),
  };
  checkDependencies(servicesNode, new Map([...services].map(([name, service]) => [name, service.dependsOn])));
  checkReferences(project);
  return project;
}

/** As Compose names a project: what the caller says must be right, what the file or folder says is made right. */
function projectName(root: MapNode, fromEnvironment: string | undefined, directory: string): string {
  if (fromEnvironment !== undefined && fromEnvironment !== "") {
    if (/^[a-z0-9][a-z0-9_-]*$/.test(fromEnvironment)) return fromEnvironment;
    throw new Fault({
      code: "compose/project-name",
      message: `expected COMPOSE_PROJECT_NAME to be of a-z, 0-9, _ and -, found "${fromEnvironment}"`,
    });
  }
  const written = optional(root, "name", expectString) ?? basename(directory);
  const name = written
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]/g, "")
    .replace(/^[_-]+/, "");
  if (name !== "") return name;
  throw valueFault(
    root.entries.get("name") ?? root,
    "a project with a name",
    `"${written}"`,
    "Add `name: ...` at the top, of a-z, 0-9, _ and -.",
  );
}

function section<T>(
  root: MapNode,
  key: string,
  read: (node: ComposeNode, name: string) => T,
): ReadonlyMap<string, T> {
  const map = optional(root, key, expectMap);
  return new Map([...(map?.entries ?? [])].map(([name, node]) => [name, read(node, name)]));
}

/** Every name a service uses must be declared at the top level. */
function checkReferences(project: ComposeProject): void {
  for (const service of project.services.values()) {
    const check = (key: string, names: readonly string[], known: ReadonlyMap<string, unknown>): void => {
      for (const name of names) {
        if (known.has(name)) continue;
        throw new Fault({
          code: "compose/undeclared",
          message: `expected "${name}" of service ${service.name} under the top-level ${key}, found none`,
          place: project.place(["services", service.name, key]),
          hint:
            known.size === 0 ? `Declare it under ${key}.` : `Declared are: ${[...known.keys()].join(", ")}.`,
        });
      }
    };
    const sources = (kind: "secret" | "config"): readonly string[] =>
      service.grants.filter((grant) => grant.kind === kind).map((grant) => grant.source);
    check("secrets", sources("secret"), project.secrets);
    check("configs", sources("config"), project.configs);
    check(
      "networks",
      service.networks.map(({ network }) => network).filter((name) => name !== "default"),
      project.networks,
    );
    const volumes = service.mounts.flatMap((mount) => (mount.kind === "volume" ? [mount.name] : []));
    check("volumes", volumes, project.volumes);
  }
}
