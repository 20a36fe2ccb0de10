/** Gzip whose bytes depend on the input alone: not on the machine, the number of cores, or the Node that runs it. */
import { availableParallelism } from "node:os";

/**
 * Part of every key that a compressed fragment is remembered under. Zlib's bytes differ between releases and
 * builds of Node; these come from a pinned compressor in plain JavaScript (docs/decisions/0002-fflate-for-layers.md).
 */
export const GZIP_FORMAT = "fflate 0.8.3, level 6, members of 8 MiB";

const LEVEL = 6;
/** Big inputs become several members, so that cores can share the work. RFC 1952 section 2.2: a file is a series of members. */
const MEMBER = 8 * 1024 * 1024;
/** Below this a worker costs more to start than it saves. */
const WORTH_A_WORKER = 1024 * 1024;
/** "Unknown", RFC 1952 section 2.3.1: zlib would write the system it was built for. */
const OS_UNKNOWN = 255;
const OS_OFFSET = 9;

/** Compresses the bytes into one or more gzip members. An empty input gives an empty member. */
export async function gzip(plain: Uint8Array): Promise<Uint8Array> {
  const blocks: Uint8Array[] = [plain.subarray(0, MEMBER)];
  for (let at = MEMBER; at < plain.length; at += MEMBER) blocks.push(plain.subarray(at, at + MEMBER));
  const members: Uint8Array[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < blocks.length) {
      const index = next;
      next += 1;
      members[index] = await member(blocks[index] ?? new Uint8Array());
    }
  };
  await Promise.all(Array.from({ length: Math.min(blocks.length, availableParallelism()) }, work));
  return Buffer.concat(members);
}

async function member(block: Uint8Array): Promise<Uint8Array> {
  const { gzip: gzipInWorker, gzipSync } = await import("fflate");
  const options = { level: LEVEL, mtime: 0 } as const;
  const packed =
    block.length < WORTH_A_WORKER
      ? gzipSync(block, options)
      : await new Promise<Uint8Array>((resolve, reject) => {
          // A copy to give away: posting a view would clone the whole buffer behind it for every member.
          gzipInWorker(new Uint8Array(block), { ...options, consume: true }, (error, result) =>
            error ? reject(error) : resolve(result),
          );
        });
  packed[OS_OFFSET] = OS_UNKNOWN;
  return packed;
}
