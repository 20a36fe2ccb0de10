/** Opens a project: its Compose file, what its services ask for, and the store that everything is kept in. */
import { join } from "node:path";
import { DirectoryStore } from "../content/directory-store.ts";
import { type DebianArchive, openArchive } from "../debian/archive.ts";
import { archiveKeyring } from "../debian/keyring.ts";
import { findMirrors, type Mirrors } from "../debian/sources.ts";
import { Fault } from "../fault/fault.ts";
import { openRegistry, type Registry } from "../npm/registry.ts";
import { type ComposeProject, readComposeFiles } from "../recipe/compose.ts";
import { findComposeFiles } from "../recipe/find-compose-files.ts";
import { type Host, openHost } from "./host.ts";
import { type Directories, directoriesOf, type ProjectOptions, type VerbIo } from "./verb.ts";

export interface Project {
  readonly compose: ComposeProject;
  readonly host: Host;
  readonly directories: Directories;
  readonly store: DirectoryStore;
  readonly sources: Sources;
}

/** What is asked only when something is missing: with a full store and a lock, nobody is. */
export interface Sources {
  mirrors(): Promise<Mirrors>;
  /** Debian's signed archive of one suite, opened once. */
  archive(suite: string, notBefore?: ReadonlyMap<string, Date>): Promise<DebianArchive>;
  registry(directory: string): Promise<Registry>;
}

/** @throws Fault `compose/file`, and of recipe/compose.ts */
export async function openProject(options: ProjectOptions, io: VerbIo): Promise<Project> {
  const { projectName } = options;
  const env = projectName === undefined ? io.env : { ...io.env, COMPOSE_PROJECT_NAME: projectName };
  const compose = await readComposeFiles(await findComposeFiles(options, env), env, options);
  for (const { message, place } of compose.warnings) io.warn(`${place.file}:${place.line}: ${message}`);
  const directories = directoriesOf(io.env);
  const store = new DirectoryStore(join(directories.cache, "store"));
  const place = { directories, store, sources: openSources(store, options, io) };
  const host = await openHost({ ...place, name: proofName(compose.name) }, options, io);
  if (host.engine === "runc") warnOfLogging(compose, io);
  return { compose, host, ...place };
}

/** A driver that it does not have is refused when the container starts; of options nobody would hear otherwise. */
function warnOfLogging({ services, place }: ComposeProject, io: VerbIo): void {
  for (const { name, extras } of services.values()) {
    if ((extras.logging?.options.size ?? 0) === 0) continue;
    const { file, line } = place(["services", name, "logging", "options"]);
    io.warn(
      `${file}:${line}: logging.options are left to the built-in engine, which keeps and rotates logs itself`,
    );
  }
}

/** What doubles and twins are kept under; no Compose project has a capital letter in its name. */
export function proofName(project: string): string {
  return `${project}-Proof`;
}

/** @returns `amd64` or `arm64`, Debian's and OCI's word for this machine */
export function machineArchitecture(): "amd64" | "arm64" {
  if (process.arch === "x64") return "amd64";
  if (process.arch === "arm64") return "arm64";
  throw new Fault({
    code: "plan/architecture",
    message: `expected a machine of architecture x64 or arm64, found ${process.arch}`,
    exit: 2,
  });
}

export function openSources(
  store: DirectoryStore,
  { mirror }: Pick<ProjectOptions, "mirror">,
  io: VerbIo,
): Sources {
  const archives = new Map<string, Promise<DebianArchive>>();
  let mirrors: Promise<Mirrors> | undefined;
  const findOnce = (): Promise<Mirrors> => (mirrors ??= findMirrors({ mirror, env: io.env }));
  return {
    mirrors: findOnce,
    archive(suite, notBefore = new Map()) {
      const known = archives.get(suite) ?? open(suite, notBefore);
      archives.set(suite, known);
      return known;
    },
    registry: (directory) => openRegistry(directory, { ...io.env }),
  };

  async function open(suite: string, notBefore: ReadonlyMap<string, Date>): Promise<DebianArchive> {
    return await openArchive({
      ...{ suite, architecture: machineArchitecture(), store, notBefore },
      mirrors: await findOnce(),
      keyring: await archiveKeyring(),
      now: io.now(),
      signal: io.signal,
    });
  }
}
