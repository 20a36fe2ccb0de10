/** Takes apart the engine's multiplexed output: frames of a stream's number, a length, and that many bytes. */

export interface OutputFrame {
  readonly stream: "stdout" | "stderr";
  readonly data: Uint8Array;
}

/** Beyond this a frame is no output but a stream that is not multiplexed; engines send at most 32 KiB at once. */
const FRAME_LIMIT = 64 * 1024 * 1024;
const HEADER = 8;

/**
 * Frames in the order they were written, in pieces as they arrive: one of the engine's may give several.
 * @throws RangeError for a header that is none, or a stream that ends inside a frame
 * @see https://docs.docker.com/reference/api/engine/version/v1.45/#tag/Container/operation/ContainerAttach
 */
export async function* readFrames(source: AsyncIterable<Uint8Array>): AsyncGenerator<OutputFrame> {
  let header = Buffer.alloc(0);
  let left = 0;
  let stream: OutputFrame["stream"] = "stdout";
  for await (const chunk of source) {
    let rest = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    while (rest.length > 0) {
      if (left === 0) {
        const wanted = HEADER - header.length;
        header = Buffer.concat([header, rest.subarray(0, wanted)]);
        rest = rest.subarray(wanted);
        if (header.length < HEADER) break;
        ({ stream, left } = parseHeader(header));
        header = Buffer.alloc(0);
        continue;
      }
      const data = rest.subarray(0, left);
      rest = rest.subarray(data.length);
      left -= data.length;
      yield { stream, data };
    }
  }
  if (left > 0 || header.length > 0) throw new RangeError("an end in the middle of a frame");
}

/** 0 and 1 are the output, 2 the error output, 3 an error of the engine itself. */
function parseHeader(header: Buffer): { readonly stream: OutputFrame["stream"]; readonly left: number } {
  const left = header.readUInt32BE(4);
  const number = header[0] ?? 0;
  if (number > 3 || header.readUIntBE(1, 3) !== 0 || left > FRAME_LIMIT) {
    throw new RangeError(`a frame that starts with ${header.toString("hex")}`);
  }
  return { stream: number >= 2 ? "stderr" : "stdout", left };
}
