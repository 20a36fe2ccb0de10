/** Reads gzip, xz and zstd by their magic, whole, and refuses bombs, truncation and what is not the format. */
import { createGunzip } from "node:zlib";
import { Fault } from "../fault/fault.ts";

/** Decompresses a whole file in memory; content without a known magic is returned as it is. */
export async function decompress(packed: Uint8Array, limit: number): Promise<Uint8Array> {
  const format = formatOf(packed);
  try {
    switch (format) {
      case "none":
        if (packed.length > limit) throw tooLarge(limit);
        return packed;
      case "gzip":
        return await gunzip(packed, limit);
      case "xz":
        return await unxz(packed, limit);
      case "zstd":
        return await unzstd(packed, limit);
    }
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault({
      code: "codec/damaged",
      message: `expected whole ${format} data, found damaged or truncated data (${describe(error)})`,
      exit: 2,
      cause: error,
    });
  }
}

type Format = "gzip" | "xz" | "zstd" | "none";

const MAGIC: readonly (readonly [Format, readonly number[]])[] = [
  ["gzip", [0x1f, 0x8b]],
  ["xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ["zstd", [0x28, 0xb5, 0x2f, 0xfd]],
];

function formatOf(packed: Uint8Array): Format {
  const found = MAGIC.find(([, magic]) => magic.every((byte, at) => packed[at] === byte));
  return found?.[0] ?? "none";
}

/** All members of the file; zlib checks each one's CRC and refuses junk after the last. */
async function gunzip(packed: Uint8Array, limit: number): Promise<Uint8Array> {
  const stream = createGunzip();
  stream.end(packed);
  return await collect(stream, limit);
}

async function unxz(packed: Uint8Array, limit: number): Promise<Uint8Array> {
  const { default: xz } = await import("xz-decompress");
  const source = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(packed);
      controller.close();
    },
  });
  return await collect(new xz.XzReadableStream(source), limit);
}

async function unzstd(packed: Uint8Array, limit: number): Promise<Uint8Array> {
  const { Decompress } = await import("fzstd");
  const chunks: Uint8Array[] = [];
  let size = 0;
  let ended = false;
  const stream = new Decompress((chunk, last) => {
    size += chunk.length;
    if (size > limit) throw tooLarge(limit);
    chunks.push(chunk);
    ended ||= last === true;
  });
  stream.push(packed, true);
  if (!ended) throw new Error("the last frame does not end");
  return Buffer.concat(chunks);
}

async function collect(stream: AsyncIterable<Uint8Array>, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > limit) throw tooLarge(limit);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLarge(limit: number): Fault {
  return new Fault({
    code: "codec/too-large",
    message: `expected at most ${limit} bytes of unpacked data, found more`,
    exit: 2,
  });
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
