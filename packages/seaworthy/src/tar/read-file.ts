/** Reads a tar that is too large for memory from its file, one entry at a time. */
import { type FileHandle, open } from "node:fs/promises";
import { Fault } from "../fault/fault.ts";
import { contentSize, readTar, type TarEntry } from "./read.ts";

const BLOCK = 512;
/** Entries of more than 8 GiB, whose size stands in an extended header, are for nobody. */
const EXTENSIONS = new Set(["x", "g", "L", "K"].map((type) => type.charCodeAt(0)));

/**
 * Entries in archive order, each whole in memory while it is looked at.
 * @throws Fault `tar/damaged`
 */
export async function* readTarFile(path: string): AsyncGenerator<TarEntry> {
  await using file = await open(path);
  const { size } = await file.stat();
  for (let at = 0; at + BLOCK <= size; ) {
    const end = await entryEnd(file, at, size);
    if (end === undefined) return;
    yield* readTar(await readPart(file, at, end - at));
    at = end;
  }
}

/** Where the entry that starts here ends, its extended headers included; `undefined` at the end of the archive. */
async function entryEnd(file: FileHandle, start: number, size: number): Promise<number | undefined> {
  for (let at = start; at + BLOCK <= size; ) {
    const header = await readPart(file, at, BLOCK);
    if (header.every((byte) => byte === 0)) return undefined;
    const end = at + BLOCK + Math.ceil(contentSize(header, at) / BLOCK) * BLOCK;
    if (end > size) break;
    if (!EXTENSIONS.has(header[156] ?? 0)) return end;
    at = end;
  }
  throw new Fault({
    code: "tar/damaged",
    message: `expected a whole tar, found one that ends within the entry at byte ${start}`,
    exit: 2,
  });
}

async function readPart(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  for (let read = 0; read < length; ) {
    const { bytesRead } = await file.read(bytes, read, length - read, at + read);
    if (bytesRead === 0) throw new Error(`expected ${length} bytes at ${at}, found the end of the file`);
    read += bytesRead;
  }
  return bytes;
}
