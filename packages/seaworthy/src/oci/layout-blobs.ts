/** The files of an OCI image layout, each read only as what names it says that it is. */
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { digestOf, isDigest } from "../content/digest.ts";
import { errnoOf } from "../fault/errno.ts";
import { Fault } from "../fault/fault.ts";
import { parseJson } from "./keep-image.ts";
import { blobPath } from "./layout.ts";

/** A descriptor as a document has it: unchecked. */
export interface Pointer {
  readonly mediaType?: unknown;
  readonly digest?: unknown;
  readonly size?: unknown;
  readonly platform?: Platform | null;
  readonly annotations?: Readonly<Record<string, unknown>> | null;
}

export interface Platform {
  readonly os?: unknown;
  readonly architecture?: unknown;
  readonly variant?: unknown;
}

/** In bytes; what registries take of a manifest. */
const MAX_DOCUMENT = 4 * 1024 ** 2;
const PIECE = 1024 ** 3;

export class LayoutBlobs {
  /** The layout, as the user named it. */
  readonly where: string;
  readonly #folder: string;

  constructor(folder: string, where: string) {
    this.#folder = folder;
    this.where = where;
  }

  readonly wrong = (expected: string, found: string): Fault =>
    new Fault({
      code: "oci/layout",
      message: `expected ${expected} in the OCI layout ${this.where}, found ${found}`,
      exit: 2,
    });

  /** Of a list that stands in a document; none where there is no such list. */
  pointers(list: unknown, name: string): readonly Pointer[] {
    const items = list ?? [];
    if (Array.isArray(items) && items.every((item) => typeof item === "object" && item !== null))
      return items as readonly Pointer[];
    throw this.wrong(`a list of descriptors as ${name}`, "something else");
  }

  /** The JSON under a digest, with its bytes. */
  async document(pointer: Pointer): Promise<{ readonly content: Uint8Array; readonly document: object }> {
    const content = await this.read(pointer, MAX_DOCUMENT);
    return { content, document: parseJson(content, String(pointer.digest), this.wrong) };
  }

  async index(): Promise<object> {
    await this.#file("oci-layout", MAX_DOCUMENT);
    return parseJson(await this.#file("index.json", MAX_DOCUMENT), "index.json", this.wrong);
  }

  /** @param most in bytes */
  async read({ digest, size }: Pointer, most: number): Promise<Uint8Array> {
    if (typeof digest !== "string" || !isDigest(digest))
      throw this.wrong("sha256: and 64 digits where a blob is named", String(digest));
    const content = await this.#file(blobPath({ digest, mediaType: "", size: 0 }), most);
    if (content.length !== size) throw this.wrong(`${String(size)} bytes in ${digest}`, `${content.length}`);
    const found = digestOf(content);
    if (found !== digest) throw this.wrong(digest, `other content under that name: ${found}`);
    return content;
  }

  async #file(name: string, most: number): Promise<Uint8Array> {
    try {
      // A pipe would be waited for.
      await using file = await open(join(this.#folder, name), constants.O_RDONLY | constants.O_NONBLOCK);
      const stat = await file.stat();
      if (!stat.isFile()) throw this.wrong(`a file ${name}`, "something else");
      if (stat.size > most) throw this.wrong(`at most ${most} bytes in ${name}`, `${stat.size}`);
      return await readWhole(file, stat.size);
    } catch (error) {
      if (!["ENOENT", "ENOTDIR"].includes(errnoOf(error) ?? "")) throw error;
      throw this.wrong(name, "none");
    }
  }
}

/** In pieces: a layer may be larger than what Node reads at once. */
async function readWhole(file: FileHandle, size: number): Promise<Uint8Array> {
  const bytes = Buffer.alloc(size);
  let read = 0;
  for (let more = -1; read < size && more !== 0; read += more) {
    ({ bytesRead: more } = await file.read(bytes, read, Math.min(size - read, PIECE), read));
  }
  return bytes.subarray(0, read);
}
