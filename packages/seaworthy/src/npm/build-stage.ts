/** Runs a project's own build in a copy of it, and keeps what would ship: an unchanged project is not built again. */
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { type Digest, digestOf } from "../content/digest.ts";
import { Fault } from "../fault/fault.ts";
import { run } from "../shell/run.ts";
import type { Part } from "../tree/tree.ts";
import { listAppFiles } from "./app-files.ts";
import { appPart, type BuiltFile, recallBuilt, rememberBuilt } from "./app-part.ts";
import type { Project } from "./consistency.ts";
import { dependencyParts } from "./dependency-parts.ts";
import { materialise } from "./materialise.ts";
import type { Platform } from "./select.ts";
import { copySources, digestSources, listSources, type SourceFile } from "./source-files.ts";
import type { TarballSource } from "./tarball-source.ts";

export interface BuildStageOptions {
  /** The folder of the image that gets the app: `app`. */
  readonly prefix: string;
  readonly source: TarballSource;
  /** Called with what the build prints, as it prints it. */
  readonly onOutput?: (chunk: Uint8Array) => void;
  /** In milliseconds; 10 minutes unless said otherwise. */
  readonly timeout?: number;
}

export interface BuiltApp {
  readonly part: Part;
  /** Whether an earlier build of the same inputs was taken. */
  readonly cached: boolean;
}

const RULES = "build-stage 1";
const STEPS = ["prebuild", "build", "postbuild"] as const;
/** 1980: the earliest time that zip files can hold. */
const SOURCE_DATE_EPOCH = "315532800";
const SHOWN_LINES = 20;

/** The digest of all that decides what {@link buildApp} makes; an unchanged one means an unchanged app. */
export async function buildInputs(project: Project): Promise<Digest> {
  return inputsOf(project.directory, await sourcesOf(project));
}

/**
 * The app layer. With a `build` script: sources and all locked dependencies are put into a folder that is removed
 * afterwards, the script runs there on this machine's Node with a clean environment, and what `npm pack` would include
 * is kept. Nothing is written to the project. Install scripts of dependencies do not run.
 * @throws Fault `npm/build-failed`, `npm/sources-changed`, `npm/pack-failed`, and as {@link dependencyParts}
 */
export async function buildApp(project: Project, options: BuildStageOptions): Promise<BuiltApp> {
  const { store, signal } = options.source;
  const sources = await sourcesOf(project);
  const key = await inputsOf(project.directory, sources);
  const known = await recallBuilt(store, key);
  if (known !== undefined) return { part: appPart(project, known, options), cached: true };

  const stage = await mkdtemp(join(tmpdir(), "seaworthy-build-"));
  try {
    const directory = join(stage, "app");
    await mkdir(directory);
    await copySources(project.directory, directory, sources);
    if ((await inputsOf(directory, sources)) !== key) throw sourcesChanged();
    if (project.manifest.scripts.has("build")) {
      const platform = hostPlatform();
      await materialise(
        dependencyParts(project.lock, { platform, dev: true, prefix: "", source: options.source }),
        directory,
      );
      for (const step of STEPS) {
        if (project.manifest.scripts.has(step)) await runStep(step, project, stage, options);
      }
    }
    signal?.throwIfAborted();
    const built = await collect(directory, sources, signal);
    await rememberBuilt(store, key, built);
    return { part: appPart(project, built, options), cached: false };
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}

function sourcesOf(project: Project): Promise<readonly SourceFile[]> {
  return listSources(project.directory, { hasBuild: project.manifest.scripts.has("build") });
}

/** The scripts and the lock are among the sources. */
async function inputsOf(directory: string, sources: readonly SourceFile[]): Promise<Digest> {
  const inputs = [RULES, process.version, process.arch, await digestSources(directory, sources)];
  return digestOf(JSON.stringify(inputs));
}

function sourcesChanged(): Fault {
  return new Fault({
    code: "npm/sources-changed",
    message: "expected the sources to stay as they are while they are copied, but they changed",
    hint: "Try again when nothing writes to the project.",
    exit: 2,
  });
}

async function runStep(
  step: (typeof STEPS)[number],
  project: Project,
  stage: string,
  options: BuildStageOptions,
): Promise<void> {
  const directory = join(stage, "app");
  const home = join(stage, "home");
  const temporary = join(stage, "tmp");
  for (const path of [home, temporary]) await mkdir(path, { recursive: true });
  const script = project.manifest.scripts.get(step) ?? "";
  const tail: Uint8Array[] = [];
  const outcome = await run(["/bin/sh", "-c", script], {
    cwd: directory,
    env: {
      PATH: [
        join(directory, "node_modules", ".bin"),
        dirname(process.execPath),
        "/usr/local/bin",
        "/usr/bin",
        "/bin",
      ].join(delimiter),
      HOME: home,
      TMPDIR: temporary,
      LANG: "C.UTF-8",
      TZ: "UTC",
      CI: "1",
      SOURCE_DATE_EPOCH,
      npm_lifecycle_event: step,
      npm_package_name: project.manifest.name,
      npm_package_version: project.manifest.version,
    },
    timeout: options.timeout ?? 600_000,
    signal: options.source.signal,
    onOutput: (chunk) => {
      tail.push(chunk);
      options.onOutput?.(chunk);
    },
  });
  if (outcome.code === 0) return;
  const end = outcome.timedOut ? "it took too long" : `it ended with ${outcome.signal ?? outcome.code}`;
  const lines = Buffer.concat(tail).toString("utf8").trimEnd().split("\n").slice(-SHOWN_LINES);
  throw new Fault({
    code: "npm/build-failed",
    message: `expected the script "${step}" (${script}) to succeed, but ${end}:\n${lines.join("\n").replaceAll(directory, ".")}`,
    place: { file: "package.json" },
    hint: "Run it by hand after npm ci --ignore-scripts: the build sees the locked dependencies, whose install scripts do not run, and no files that are ignored here (.env, secrets, dist).",
  });
}

async function collect(
  directory: string,
  sources: readonly SourceFile[],
  signal: AbortSignal | undefined,
): Promise<readonly BuiltFile[]> {
  const known = new Set(sources.map((file) => file.path));
  const built: BuiltFile[] = [];
  for (const { path, mode } of await listAppFiles(directory, signal)) {
    built.push({ path, mode, content: await readFile(join(directory, path)), isSource: known.has(path) });
  }
  return built;
}

/** The build runs here, whatever the image is for. */
function hostPlatform(): Platform {
  return { os: process.platform, cpu: process.arch, libc: hostLibc(), node: process.versions.node };
}

function hostLibc(): string {
  const report = process.report.getReport() as {
    readonly header?: { readonly glibcVersionRuntime?: string };
  };
  return report.header?.glibcVersionRuntime === undefined ? "musl" : "glibc";
}
