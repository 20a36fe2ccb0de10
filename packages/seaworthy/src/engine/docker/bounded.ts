/** Reads an engine's answers with a bound on each: whole bodies, and streams of JSON values line by line. */
import type { Readable } from "node:stream";

const ANSWER_LIMIT = 64 * 1024 * 1024;
const LINE_LIMIT = 4 * 1024 * 1024;

/** @throws RangeError beyond `limit` bytes */
export async function readWhole(body: Readable, limit: number = ANSWER_LIMIT): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw new RangeError(`more than ${limit} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * One value per line; empty lines are skipped, and a last line needs no end.
 * @throws RangeError for a line beyond `limit` bytes, SyntaxError for one that is not JSON
 */
export async function* readJsonLines(
  body: AsyncIterable<Uint8Array>,
  limit: number = LINE_LIMIT,
): AsyncGenerator {
  let pending: Buffer[] = [];
  let size = 0;
  const take = (): unknown => {
    const text = Buffer.concat(pending).toString().trim();
    pending = [];
    size = 0;
    return text === "" ? undefined : JSON.parse(text);
  };
  for await (const chunk of body) {
    let rest = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    for (let end = rest.indexOf(0x0a); end !== -1; end = rest.indexOf(0x0a)) {
      size += end;
      if (size > limit) throw new RangeError(`a line of more than ${limit} bytes`);
      pending.push(rest.subarray(0, end));
      rest = rest.subarray(end + 1);
      const value = take();
      if (value !== undefined) yield value;
    }
    size += rest.length;
    if (size > limit) throw new RangeError(`a line of more than ${limit} bytes`);
    pending.push(rest);
  }
  const value = take();
  if (value !== undefined) yield value;
}
