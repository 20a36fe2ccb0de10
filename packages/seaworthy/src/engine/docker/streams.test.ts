import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readJsonLines } from "./bounded.ts";
import { decodeTrace } from "./buildkit-trace.ts";
import { frame } from "./fake-engine.fixture.ts";
import { readFrames } from "./frames.ts";

/** The bytes in pieces that end at the given places. */
async function* pieces(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  const ends = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  let at = 0;
  for (const end of [...ends, bytes.length]) {
    await Promise.resolve();
    yield bytes.subarray(at, end);
    at = end;
  }
}

const cuts = fc.array(fc.nat(10_000), { maxLength: 20 });

test("frames are the same however the stream is split", async () => {
  const written = fc.array(fc.tuple(fc.constantFrom(1, 2), fc.string({ unit: "grapheme", maxLength: 50 })));
  await fc.assert(
    fc.asyncProperty(written, cuts, async (frames, cuts) => {
      const bytes = Buffer.concat(frames.map(([stream, text]) => frame(stream, text)));
      const seen = { stdout: "", stderr: "" };
      const kept = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] };
      for await (const { stream, data } of readFrames(pieces(bytes, cuts))) kept[stream].push(data);
      for (const stream of ["stdout", "stderr"] as const)
        seen[stream] = Buffer.concat(kept[stream]).toString();
      const expected = (number: number): string =>
        frames.map(([stream, text]) => (stream === number ? text : "")).join("");
      expect(seen).toEqual({ stdout: expected(1), stderr: expected(2) });
    }),
    { numRuns: 100 },
  );
});

test.each([
  ["a header cut short", frame(1, "hello").subarray(0, 7)],
  ["content cut short", frame(1, "hello").subarray(0, 12)],
  ["text", Buffer.from("hello, world")],
  ["a stream that is none", frame(9, "x")],
  ["a length beyond reason", Buffer.from([1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff])],
])("%s is no frame", async (_, bytes) => {
  await expect(all(readFrames(pieces(bytes, [])))).rejects.toThrow(RangeError);
});

test("JSON lines are the same however the stream is split", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.jsonValue()), cuts, async (values, cuts) => {
      const bytes = Buffer.from(values.map((value) => `${JSON.stringify(value)}\r\n`).join("\n"));
      expect(await all(readJsonLines(pieces(bytes, cuts)))).toEqual(JSON.parse(JSON.stringify(values)));
    }),
    { numRuns: 100 },
  );
});

test("a JSON line has a bound, and must be JSON", async () => {
  const long = Buffer.from(`"${"x".repeat(100)}"`);
  await expect(all(readJsonLines(pieces(long, [10, 50]), 64))).rejects.toThrow(RangeError);
  await expect(all(readJsonLines(pieces(Buffer.from('{"a":1}\n{"a"'), [])))).rejects.toThrow(SyntaxError);
});

test("a BuildKit record: a step, its end, and what it printed", () => {
  // Fields by number and kind as in control.proto, written by Python's struct and nothing of ours.
  const record = execFileSync("python3", ["-c", PYTHON]);
  expect(decodeTrace(record)).toEqual({
    steps: [
      {
        digest: "sha256:a",
        name: "[1/2] RUN x",
        cached: true,
        started: true,
        completed: true,
        error: "failed",
      },
    ],
    logs: [{ step: "sha256:a", text: "printed é\n" }],
  });
});

const PYTHON = `
import sys
def varint(n):
    out = b""
    while True:
        out += bytes([(n & 127) | (128 if n > 127 else 0)]); n >>= 7
        if not n: return out
def message(field, data): return varint(field << 3 | 2) + varint(len(data)) + data
time = varint(1 << 3) + varint(1795444800)
step = message(1, b"sha256:a") + message(2, b"sha256:b") + message(3, b"[1/2] RUN x") + varint(4 << 3) + varint(1)
step += message(5, time) + message(6, time) + message(7, b"failed") + varint(9 << 3 | 1) + b"12345678" + varint(10 << 3 | 5) + b"1234"
log = message(1, b"sha256:a") + message(2, time) + varint(3 << 3) + varint(1) + message(4, "printed é\\n".encode())
sys.stdout.buffer.write(message(1, step) + message(2, b"") + message(3, log))
`;

test("bytes that are no record are refused, and nothing else happens", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      try {
        decodeTrace(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    }),
  );
});

async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const values: T[] = [];
  for await (const value of source) values.push(value);
  return values;
}
