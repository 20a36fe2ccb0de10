/** Makes a Compose project of whatever `prove` is pointed at: what is none yet gets a small one, in a folder of its own. */
import { basename, dirname, join, relative, resolve } from "node:path";
import { Document } from "yaml";
import { digestOf, hexOf } from "../content/digest.ts";
import type { DockerClient } from "../engine/docker/client.ts";
import { isFault } from "../engine/docker/engine-fault.ts";
import { Fault } from "../fault/fault.ts";
import { inPhase } from "../progress/progress.ts";
import type { Adopted, ComposeText } from "../stack/docker/to-compose.ts";
import { adoptedBeside } from "./adopt.ts";
import { engineFor, lookUp, type NamedTarget, unknown } from "./named-target.ts";
import { isImageName, targetOf } from "./target.ts";
import type { ProjectOptions, VerbIo } from "./verb.ts";
import { writeOwn } from "./write-own.ts";

export interface TargetProject<Options extends ProjectOptions> {
  readonly options: Options;
  /** What was written for it, when it was no project before. */
  readonly written?: {
    /** Below the current directory: `.seaworthy/nginx-1.27`. */
    readonly folder: string;
    /** In words: `the image nginx:1.27`. */
    readonly of: string;
  };
}

interface Made extends Adopted {
  readonly of: string;
  /** What else its file should say. */
  readonly remark?: string;
}

const COMPOSE = "compose.yaml";
const LONGEST_NAME = 80;

/** @throws Fault of target.ts and named-target.ts, `target/archive`, `target/changed`, and those of pulling */
export async function targetProject<Options extends ProjectOptions>(
  options: Options,
  io: VerbIo,
): Promise<TargetProject<Options>> {
  const target = await targetOf(options, io.env);
  switch (target.kind) {
    case "project":
      return { options };
    case "archive":
      throw new Fault({
        code: "target/archive",
        message: `expected something to run, found ${target.isFolder ? "an OCI layout" : "an archive"}: ${target.path}`,
        hint: `Load it first, and name the image: ${target.isFolder ? "skopeo copy oci:FOLDER docker-daemon:NAME:TAG" : "docker load --input FILE"}. What is in it is judged by: seaworthy check ${target.path}`,
      });
    case "dockerfile": {
      const of = `what ${target.file} builds`;
      using _ = await engineFor(undefined, of, options, io);
      return await written({ ...options, dockerfile: true }, folderOf(nameOf(target.file)), (folder) => ({
        ...{ of, ...fromDockerfile(target.file, folder) },
      }));
    }
    case "container":
    case "image":
    case "name": {
      using client = await engineFor(target, target.name, options, io);
      const made = await fromName(client, target, io);
      return await written(options, folderOf(target.name), () => made);
    }
  }
}

async function written<Options extends ProjectOptions>(
  options: Options,
  folder: string,
  make: (folder: string) => Made,
): Promise<TargetProject<Options>> {
  const { compose, files, of, remark = "" } = make(folder);
  // Nothing else is called this: neither what runs already, nor what somebody proves from another folder.
  const name = `seaworthy-${word(basename(folder))}-${hexOf(digestOf(resolve(folder))).slice(0, 6)}`;
  const document = new Document({ name, ...compose });
  document.commentBefore = ` Written by seaworthy prove: ${of}${remark}`;
  const texts = new Map([[COMPOSE, document.toString({ lineWidth: 0 })], ...files]);
  await writeOwn(folder, texts, of);
  return {
    options: {
      ...options,
      directory: folder,
      // Neither COMPOSE_FILE nor COMPOSE_PROJECT_NAME, which speak of the user's own stack, are for this one.
      files: [COMPOSE],
      projectName: options.projectName ?? name,
    },
    written: { folder, of },
  };
}

/** Of a Dockerfile: its folder's, and its own when it has an unusual one. */
function nameOf(file: string): string {
  const folder = basename(dirname(resolve(file)));
  return /^(?:Dockerfile|Containerfile)$/.test(basename(file)) ? folder : `${folder}-${basename(file)}`;
}

function fromDockerfile(file: string, folder: string): Adopted {
  const build = {
    context: escaped(relative(resolve(folder), dirname(resolve(file)))),
    dockerfile: escaped(basename(file)),
  };
  return serviceAlone(word(nameOf(file)), { build });
}

async function fromName(client: DockerClient, target: NamedTarget, io: VerbIo): Promise<Made> {
  const { name } = target;
  const known = await lookUp(client, target, io.signal);
  if (known?.kind === "container") {
    const adopted = await adoptedBeside(client, known.details, io);
    return {
      ...{ ...adopted, of: `the container ${name}` },
      remark: `, as it can run beside it: ports are others, folders of the host are read-only, networks and volumes are its own.\n What can take its place is written by: seaworthy adopt ${name} --output FOLDER`,
    };
  }
  if (known === undefined) await pull(client, target, io);
  const [, last = name] = /([^/]+?)(?::[^/]*)?(?:@.*)?$/.exec(name) ?? [];
  return { of: `the image ${name}`, ...serviceAlone(word(last), { image: name }) };
}

/** As Compose does it for an image that the engine does not have; a bare word may be a folder's name with a slip in it. */
async function pull(client: DockerClient, target: NamedTarget, io: VerbIo): Promise<void> {
  const { kind, name } = target;
  const where = client.endpoint.text;
  const isPlainlyImage = isImageName(name) && (kind === "image" || /[/:@]/.test(name));
  if (!isPlainlyImage) throw unknown(target, `none at ${where}`);
  try {
    await inPhase(io.progress, "pull", async (phase) => {
      await client.images.pull(name, {
        signal: io.signal,
        onProgress: ({ layer, status }) => phase.update(`${name}: ${layer ?? ""} ${status}`),
      });
      return { value: undefined, summary: name };
    });
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const found = `none here, none at ${where}, and none that it could pull (${error.message})`;
    if (isFault(error, "docker/not-found", "docker/registry-denied")) throw unknown(target, found, error);
    const { code, hint = "", exit } = error;
    throw new Fault({
      ...{ code, exit, cause: error, message: unknown(target, found).message },
      hint: `${hint}\n${unknown(target, found).hint}`.trim(),
    });
  }
}

function serviceAlone(name: string, service: ComposeText["services"][string]): Adopted {
  return { compose: { services: { [name]: service } }, files: new Map() };
}

/** `.seaworthy/nginx-1.27` for `nginx:1.27`. */
function folderOf(name: string): string {
  const safe = name.replaceAll(/[^a-zA-Z0-9._-]+/g, "-").replace(/^[.-]+/, "");
  return join(".seaworthy", safe.slice(0, LONGEST_NAME) || "image");
}

/** As engines want names of projects, services and images: small letters, digits, single hyphens. */
function word(name: string): string {
  const plain = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  return plain.slice(0, LONGEST_NAME / 2).replaceAll(/^-|-$/g, "") || "app";
}

/** Compose fills in what follows a dollar sign. */
function escaped(text: string): string {
  return text.replaceAll("$", "$$$$");
}
