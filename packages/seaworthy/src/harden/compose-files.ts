/** The Compose files of a project as they are written: what they say about a service, and how they are changed and put back. */
import { randomBytes } from "node:crypto";
import { open, readFile, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { Fault } from "../fault/fault.ts";
import type { Change, WrittenService } from "./draft.ts";
import { editYaml } from "./edit.ts";
import { childOf } from "./edit-value.ts";
import { plainValue, readYaml, type YamlValue } from "./yaml-source.ts";

export interface ComposeText {
  /** Absolute. */
  readonly file: string;
  readonly text: string;
}

const MOST_BYTES = 512 * 1024;

/** @throws Fault `harden/yaml` for one that is too large or no YAML mapping */
export async function readComposeTexts(files: readonly string[]): Promise<readonly ComposeText[]> {
  return await Promise.all(
    files.map(async (name) => {
      const file = resolve(name);
      const text = await readFile(file, "utf8");
      if (Buffer.byteLength(text) > MOST_BYTES) {
        throw new Fault({
          code: "harden/yaml",
          message: `expected a Compose file of at most ${MOST_BYTES} bytes, found more`,
          place: { file },
        });
      }
      return { file, text };
    }),
  );
}

/** Those that define a service, in their order, anchors followed; none for one that is only included from elsewhere. */
export function writtenService(texts: readonly ComposeText[], service: string): readonly WrittenService[] {
  return texts.flatMap(({ file, text }): WrittenService[] => {
    const value: YamlValue | undefined = childOf(plainValue(readYaml(text, file)), ["services", service]);
    return value === undefined ? [] : [{ file, value }];
  });
}

/** @throws Fault `harden/edit` */
export function editedTexts(
  texts: readonly ComposeText[],
  changes: readonly Change[],
  withComments: boolean,
): readonly ComposeText[] {
  return texts.map(({ file, text }) => {
    const edits = changes
      .flatMap((change) => change.edits)
      .filter((one) => one.file === file)
      .map(({ edit }) => (withComments || !("comment" in edit) ? edit : { ...edit, comment: "" }));
    return { file, text: editYaml(text, edits, file) };
  });
}

/**
 * Copies beside the originals, so that relative paths mean the same. Disposing removes them.
 * @returns their paths, in the order of the texts
 */
export async function besideOriginals(
  texts: readonly ComposeText[],
): Promise<AsyncDisposable & { readonly files: readonly string[] }> {
  const files = texts.map(({ file }) => join(dirname(file), `.${basename(file)}.${mark()}.yaml`));
  const remove = async (): Promise<void> => {
    for (const file of files) await rm(file, { force: true });
  };
  try {
    for (const [index, { text }] of texts.entries()) await writeNew(files[index] ?? "", text, 0o600);
  } catch (error) {
    await remove();
    throw error;
  }
  return { files, [Symbol.asyncDispose]: remove };
}

/**
 * Writes the file whole or not at all, with the mode and owner that it has, also through a link.
 * @throws Fault `harden/changed` when it is not any more what was read
 */
export async function replaceFile(before: ComposeText, text: string): Promise<void> {
  const file = await realpath(before.file);
  const { mode, uid, gid } = await stat(file);
  if ((await readFile(file, "utf8")) !== before.text) {
    throw new Fault({
      code: "harden/changed",
      message: `expected ${relative(process.cwd(), before.file)} as it was when the work began, found it changed`,
      hint: "Run seaworthy harden again.",
      exit: 2,
    });
  }
  const temporary = join(dirname(file), `.${basename(file)}.${mark()}`);
  try {
    await writeNew(temporary, text, mode & 0o7777, { uid, gid });
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function writeNew(
  file: string,
  text: string,
  mode: number,
  owner?: { readonly uid: number; readonly gid: number },
): Promise<void> {
  const handle = await open(file, "wx", mode);
  try {
    await handle.writeFile(text);
    // The mask of this process does not count, nor does its user where it is root.
    await handle.chmod(mode);
    if (owner !== undefined && process.geteuid?.() === 0) await handle.chown(owner.uid, owner.gid);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function mark(): string {
  return randomBytes(6).toString("hex");
}
