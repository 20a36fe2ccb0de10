/** The app's own files as a part of a layer, and the memory of what a build made. */
import { type Digest, digestOf, isDigest } from "../content/digest.ts";
import type { ContentStore } from "../content/store.ts";
import type { FileEntry, Part } from "../tree/tree.ts";
import type { Project } from "./consistency.ts";
import { isRecord } from "./json-fields.ts";

export interface BuiltFile {
  /** Relative to the package. */
  readonly path: string;
  /** 0o644 or 0o755. */
  readonly mode: number;
  readonly content: Uint8Array;
  /** Whether the user wrote it; otherwise the build did. */
  readonly isSource: boolean;
}

const RULES = "app-part 1";

/** All files belong to root: a service that cannot write its own code cannot be made to. */
export function appPart(
  project: Project,
  files: readonly BuiltFile[],
  options: { readonly prefix: string },
): Part {
  const { name, version } = project.manifest;
  const entries = files.map((file): FileEntry => {
    const because = file.isSource
      ? "npm pack includes it"
      : "made by the build script, and npm pack includes it";
    return {
      kind: "file",
      path: options.prefix === "" ? file.path : `${options.prefix}/${file.path}`,
      mode: file.mode,
      uid: 0,
      gid: 0,
      content: file.content,
      reason: { kind: "app", origin: `${name} ${version}`, because },
    };
  });
  const facts = entries.map(({ path, mode, content, reason }) => [path, mode, digestOf(content), reason]);
  return { name: "app", key: digestOf(JSON.stringify([RULES, facts])), entries: async () => entries };
}

/** Keeps the files by content, then the list of them: a build that was killed in between leaves no list. */
export async function rememberBuilt(
  store: ContentStore,
  key: Digest,
  files: readonly BuiltFile[],
): Promise<void> {
  const list = [];
  for (const { path, mode, content, isSource } of files) {
    list.push({ path, mode, isSource, digest: (await store.write(content)).digest });
  }
  await store.remember(key, JSON.stringify(list));
}

/** `undefined` when nothing was kept under this key, or when any of it is gone or altered. */
export async function recallBuilt(
  store: ContentStore,
  key: Digest,
): Promise<readonly BuiltFile[] | undefined> {
  const text = await store.recall(key);
  if (text === undefined) return undefined;
  const list = parseList(text);
  if (list === undefined) return undefined;
  const files: BuiltFile[] = [];
  for (const { path, mode, isSource, digest } of list) {
    const content = await store.read(digest);
    if (content === undefined) return undefined;
    files.push({ path, mode, isSource, content });
  }
  return files;
}

interface ListedFile extends Omit<BuiltFile, "content"> {
  readonly digest: Digest;
}

function parseList(text: string): readonly ListedFile[] | undefined {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    return undefined;
  }
  return Array.isArray(list) && list.every(isListedFile) ? list : undefined;
}

function isListedFile(value: unknown): value is ListedFile {
  return (
    isRecord(value) &&
    typeof value["path"] === "string" &&
    typeof value["mode"] === "number" &&
    typeof value["isSource"] === "boolean" &&
    typeof value["digest"] === "string" &&
    isDigest(value["digest"])
  );
}
