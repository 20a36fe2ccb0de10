/** What a user points at: a folder, a Compose file, a Dockerfile, an image in files, or a name that an engine may know. */
import type { Stats } from "node:fs";
import { access, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { errnoOf, isMissing } from "../fault/errno.ts";
import { Fault } from "../fault/fault.ts";
import { COMPOSE_FILES, findComposeFiles } from "../recipe/find-compose-files.ts";
import type { ProjectOptions, VerbIo } from "./verb.ts";

export type Target =
  | { readonly kind: "project" }
  | { readonly kind: "dockerfile"; readonly file: string }
  | Archive
  /** `name`: a container, otherwise an image. */
  | { readonly kind: "container" | "image" | "name"; readonly name: string };

/** An image in files: as `docker save` writes it, or an OCI layout, in a tar or a folder. */
export interface Archive {
  readonly kind: "archive";
  readonly path: string;
  readonly isFolder: boolean;
  /** Which one, where there are several: a tag, or a whole name. */
  readonly image?: string;
}

const DOCKERFILES = ["Dockerfile", "Containerfile"];
const CONTAINER = /^[a-zA-Z0-9][\w.-]*$/;
/** @see {@link https://pkg.go.dev/github.com/distribution/reference} */
const IMAGE = (() => {
  const host = /[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?(?::\d+)?/.source;
  const part = /[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*/.source;
  const end = /(?::\w[\w.-]{0,127})?(?:@[a-z0-9]+:[0-9a-f]{32,})?/.source;
  return new RegExp(`^(?:${host}/)?${part}(?:/${part})*${end}$`);
})();

/**
 * Asks the file system only. Where both are meant by one word, the path is it.
 * @throws Fault `target/nothing`, `target/no-file` and `target/name`, and those of finding Compose files
 */
export async function targetOf(
  { directory, files = [] }: Pick<ProjectOptions, "directory" | "files">,
  env: VerbIo["env"],
): Promise<Target> {
  if (files.length > 0) return { kind: "project" };
  const found = await statOf(directory);
  if (found?.isDirectory() === true) return await inFolder(directory, env);
  if (found?.isFile() === true) return kindOfFile(directory);
  if (found !== undefined) {
    throw new Fault({
      code: "target/no-file",
      message: `expected a folder or a file at ${directory}, found a device, a pipe or a socket`,
    });
  }
  const [, kind, name = ""] =
    /^(container|image|docker-archive|oci-archive|oci):(.*)$/s.exec(directory) ?? [];
  if (kind !== undefined && kind !== "container" && kind !== "image") {
    const archive = await archiveAt(name);
    if (archive?.isFolder === (kind === "oci") && (!archive.isFolder || (await isLayout(archive.path))))
      return archive;
    throw new Fault({
      code: "target/nothing",
      message: `expected ${WRITTEN_BY[kind]} after ${kind}:, found none at ${name}`,
    });
  }
  if (kind === "container" || kind === "image") {
    if (kind === "container" ? CONTAINER.test(name) : isImageName(name)) return { kind, name };
    throw new Fault({
      code: "target/name",
      message: `expected the name of ${kind === "image" ? "an image" : "a container"} after ${kind}:, found "${name}"`,
    });
  }
  const archive = await archiveAt(directory);
  // Of an image's name and its tag the first part may well be a folder here.
  if (
    archive !== undefined &&
    (archive.isFolder ? await isLayout(archive.path) : archive.path.endsWith(".tar"))
  )
    return archive;
  if ((await looksLikePath(directory)) || !(CONTAINER.test(directory) || isImageName(directory)))
    throw nothingAt(directory);
  return { kind: "name", name: directory };
}

function kindOfFile(file: string): Target {
  if (/\.ya?ml$/.test(file)) return { kind: "project" };
  return file.endsWith(".tar")
    ? { kind: "archive", path: file, isFolder: false }
    : { kind: "dockerfile", file };
}

const WRITTEN_BY: Readonly<Record<string, string>> = {
  "docker-archive": "a file of docker save",
  "oci-archive": "an OCI layout in a tar",
  oci: "the folder of an OCI layout",
};

/** `shop.tar`, or `shop.tar:1.2` for one image of it: the longest that is there is the path. */
async function archiveAt(text: string): Promise<Archive | undefined> {
  for (let end = text.length; end > 0; end = text.lastIndexOf(":", end - 1)) {
    const path = text.slice(0, end);
    const found = await statOf(path);
    if (found?.isFile() !== true && found?.isDirectory() !== true) continue;
    const image = text.slice(end + 1);
    return { kind: "archive", path, isFolder: found.isDirectory(), ...(image === "" ? {} : { image }) };
  }
  return undefined;
}

async function isLayout(folder: string): Promise<boolean> {
  return await exists(join(folder, "oci-layout"));
}

/** Whether an engine would take it for one. */
export function isImageName(text: string): boolean {
  return IMAGE.test(text);
}

async function inFolder(folder: string, env: VerbIo["env"]): Promise<Target> {
  // Before a Compose file: one of a folder above would be found, too.
  if (await isLayout(folder)) return { kind: "archive", path: folder, isFolder: true };
  try {
    await findComposeFiles({ directory: folder }, env);
    return { kind: "project" };
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== "compose/file") throw error;
    for (const name of DOCKERFILES) {
      const file = join(folder, name);
      if (await exists(file)) return { kind: "dockerfile", file };
    }
    throw new Fault({
      code: error.code,
      message: `expected a Compose file (${COMPOSE_FILES.join(", ")}) or a Dockerfile in ${folder}, found neither`,
      hint: "Name the folder that has one, the file itself, a container, or an image.",
      cause: error,
    });
  }
}

/** By its first or last letters, by a file's name, or by a folder that is there: `examples/shop` beside `examples`. */
async function looksLikePath(word: string): Promise<boolean> {
  if (/^[./~]|\/$|\.(?:ya?ml|tar)$|(?:^|\/)(?:Dockerfile|Containerfile)$/.test(word)) return true;
  return word.includes("/") && (await statOf(dirname(word))) !== undefined;
}

function nothingAt(path: string): Fault {
  return new Fault({
    code: "target/nothing",
    message: `expected a folder, a Compose file, a Dockerfile or an image in files at ${path}, found nothing`,
    hint: "An image is named by image:NAME, and a container by container:NAME.",
  });
}

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    // What is too long for a file's name is none.
    if (isMissing(error) || ["ENOTDIR", "ENAMETOOLONG"].includes(errnoOf(error) ?? "")) return undefined;
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
