/** `check`: judges a stack by what its owner wrote, or by what an engine says of it, without building or running anything. */
import { access, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative, resolve } from "node:path";
import type { Finding } from "@seaworthy/evidence";
import { Document } from "yaml";
import { Fault } from "../fault/fault.ts";
import { checkCompose } from "../inspect/compose/check-compose.ts";
import { type ServiceImage, textOf } from "../inspect/compose/subject.ts";
import { checkDockerfile } from "../inspect/dockerfile/check-dockerfile.ts";
import { type DockerfileSubject, installedIn } from "../inspect/dockerfile/subject.ts";
import { LOCK_FILE } from "../plan/lock.ts";
import { waive } from "../probe/waive.ts";
import { type ComposeProject, readComposeFiles } from "../recipe/compose.ts";
import type { MapNode } from "../recipe/compose-node.ts";
import type { ComposeService } from "../recipe/compose-service.ts";
import { parseDockerfile } from "../recipe/dockerfile/parse.ts";
import { baseImage, targetStage } from "../recipe/dockerfile/stages.ts";
import { findComposeFiles } from "../recipe/find-compose-files.ts";
import { readTextFile } from "../recipe/text-file.ts";
import { adoptedWhole } from "./adopt.ts";
import { readBuildContext } from "./build-context.ts";
import { checkArchive, checkEngineImage } from "./check-image.ts";
import { engineFor, lookUp, type NamedTarget, unknown } from "./named-target.ts";
import { targetOf } from "./target.ts";
import type { ProjectOptions, VerbIo } from "./verb.ts";

export interface Checked {
  /** The project's name, or the file's. */
  readonly project: string;
  /** Absolute: files of findings are named from there. */
  readonly directory: string;
  /** What was read: Compose files and Dockerfiles, as findings name them. */
  readonly files: readonly string[];
  readonly findings: readonly Finding[];
}

const COMPOSE_FILE = "compose.yaml";
const MAX_DOCKERFILE_BYTES = 1024 * 1024;

/**
 * @param options whose `directory` is a folder, a Compose file, a Dockerfile, an archive, or the name of a container or image
 * @throws Fault `target/...`, `compose/...` and `dockerfile/syntax`; exit 2 for what is right and cannot be judged here
 */
export async function check(options: ProjectOptions, io: VerbIo): Promise<Checked> {
  const target = await targetOf(options, io.env);
  switch (target.kind) {
    case "project":
      return await checkProject(options, io);
    case "dockerfile":
      return await checkAlone(target.file, io);
    case "archive":
      return await checkArchive(target, io);
    case "container":
    case "image":
    case "name":
      return await checkNamed(target, options, io);
  }
}

async function checkAlone(file: string, io: VerbIo): Promise<Checked> {
  const folder = dirname(resolve(file));
  const project = basename(folder);
  const { findings } = await checkDockerfileOf(
    { file, context: folder, name: project, target: undefined, args: new Map() },
    { user: false, healthCheck: false },
    folder,
    io,
  );
  return { project, directory: folder, files: [basename(file)], findings };
}

async function checkNamed(target: NamedTarget, options: ProjectOptions, io: VerbIo): Promise<Checked> {
  const { name } = target;
  using client = await engineFor(target, name, options, io);
  const known = await lookUp(client, target, io.signal);
  if (known === undefined) {
    const pulled = target.kind === "container" ? "" : "; check pulls nothing: docker pull does";
    throw unknown(target, `none at ${client.endpoint.text}${pulled}`);
  }
  if (known.kind === "image") return await checkEngineImage(client, name, io);
  const { compose, files } = await adoptedWhole(client, known.details);
  const folder = await mkdtemp(join(tmpdir(), "seaworthy-check-"));
  try {
    const all = [[COMPOSE_FILE, new Document({ name: "adopted", ...compose }).toString()] as const, ...files];
    for (const [file, text] of all) await writeFile(join(folder, file), text, { mode: 0o600 });
    const asIs = { directory: folder, files: [COMPOSE_FILE] };
    const { findings } = await checkProject(asIs, { ...io, env: {} });
    // The file goes, so that no line of it can be looked up.
    const placeless = findings.map((finding): Finding => {
      const { source: _, ...rest } = finding;
      return rest;
    });
    return { project: name, directory: resolve("."), files: [`container ${name}`], findings: placeless };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function checkProject(options: ProjectOptions, io: VerbIo): Promise<Checked> {
  const { projectName, profiles = ["*"] } = options;
  const env = projectName === undefined ? io.env : { ...io.env, COMPOSE_PROJECT_NAME: projectName };
  const project = await readWhole(await findComposeFiles(options, env), env, { ...options, profiles });
  const hasLock = await exists(join(project.directory, LOCK_FILE));
  const files = new Set(project.files.map((file) => relative(project.directory, resolve(file))));
  const findings: Finding[] = [];
  for (const service of project.services.values()) {
    io.signal.throwIfAborted();
    const node = nodeOf(project, service);
    const built = await dockerfileOf(project, service, node);
    const checked =
      built === undefined
        ? undefined
        : await checkDockerfileOf(
            built,
            { user: service.user !== undefined, healthCheck: service.healthCheck !== undefined },
            project.directory,
            io,
          );
    const image = imageOf(service, checked?.subject, hasLock);
    findings.push(...checkCompose({ project, service, node, image }), ...(checked?.findings ?? []));
    if (built !== undefined) files.add(relative(project.directory, built.file));
  }
  const judged = findings.map((finding) => waive(finding, project.waivers, io.now()));
  return { project: project.name, directory: project.directory, files: [...files], findings: judged };
}

function nodeOf({ model }: ComposeProject, { name }: ComposeService): MapNode {
  const services = model.entries.get("services");
  const own = services?.kind === "map" ? services.entries.get(name) : undefined;
  if (own?.kind !== "map") throw new TypeError(`expected service ${name} in the model`);
  return own;
}

/** What is valid and not understood here leaves a part of the stack unseen, which is no usage error and no pass. */
async function readWhole(
  files: Parameters<typeof readComposeFiles>[0],
  env: VerbIo["env"],
  options: ProjectOptions,
): Promise<ComposeProject> {
  try {
    return await readComposeFiles(files, { ...env }, { ...options, tolerant: true });
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== "compose/unsupported-key") throw error;
    const { code, message, place, hint } = error;
    throw new Fault({ code, message, place, hint, exit: 2, cause: error });
  }
}

interface BuiltFrom {
  /** Absolute, or as the user named it. */
  readonly file: string;
  /** Absolute. */
  readonly context: string;
  readonly name: string;
  readonly target: string | undefined;
  readonly args: ReadonlyMap<string, string | undefined>;
}

/** `undefined` for what is pulled, or assembled without one. */
async function dockerfileOf(
  project: ComposeProject,
  service: ComposeService,
  node: MapNode,
): Promise<BuiltFrom | undefined> {
  const { build, name, packageImage } = service;
  if (build === undefined || packageImage !== undefined) return undefined;
  const written = node.entries.get("build");
  const isInline = written?.kind === "map" && written.entries.has("dockerfile_inline");
  const context = textOf(written?.kind === "map" ? written.entries.get("context") : written) ?? "";
  if (isInline || /^(?:[a-z]+:\/\/|git@)/.test(context)) {
    throw new Fault({
      code: "check/dockerfile-elsewhere",
      message: `expected ${name} to be built from a Dockerfile of its folder, found ${isInline ? "one inside of the Compose file" : context}`,
      place: project.place(["services", name, "build"]),
      hint: "Put it into a file, and name that with `dockerfile`: what is not seen cannot be judged.",
      exit: 2,
    });
  }
  const file = resolve(build.context, build.dockerfile ?? "Dockerfile");
  if (await exists(file))
    return { file, context: build.context, name, target: build.target, args: build.args };
  if (build.dockerfile === undefined && (await exists(join(build.context, "package.json")))) return undefined;
  throw new Fault({
    code: "check/no-dockerfile",
    message: `expected a Dockerfile at ${file}, from which ${name} is built, found none`,
    place: project.place(["services", name, "build"]),
  });
}

async function checkDockerfileOf(
  { file, context, name, target, args }: BuiltFrom,
  overridden: DockerfileSubject["overridden"],
  directory: string,
  io: VerbIo,
): Promise<{ readonly subject: DockerfileSubject; readonly findings: readonly Finding[] }> {
  const text = await readTextFile(file, { code: "dockerfile/file", maxBytes: MAX_DOCKERFILE_BYTES });
  const dockerfile = parseDockerfile(text ?? "", file, args);
  const stage = targetStage(dockerfile, target);
  if (stage === undefined) {
    throw new Fault({
      code: "dockerfile/target",
      message: `expected the stage ${target} in ${file}, found ${dockerfile.stages.map(({ name: one, index }) => one ?? index).join(", ")}`,
    });
  }
  const subject: DockerfileSubject = {
    ...{ dockerfile, target: stage, args, overridden },
    context: await readBuildContext(context, resolve(file)),
    today: io.now().toISOString().slice(0, 10),
  };
  return { subject, findings: checkDockerfile(subject, name, directory) };
}

function imageOf(
  { image, build }: ComposeService,
  subject: DockerfileSubject | undefined,
  hasLock: boolean,
): ServiceImage {
  if (subject !== undefined) {
    return { from: "dockerfile", base: baseImage(subject.target), installed: installedIn(subject) };
  }
  const from = build !== undefined || hasLock ? "assembled" : "pulled";
  return { from, base: from === "pulled" ? image : undefined, installed: new Set() };
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
