import fc from "fast-check";
import { expect, test } from "vitest";
import type { OutputFrame } from "../../engine/docker/frames.ts";
import { instantOf, logLines } from "./log-lines.ts";

const T = "2026-11-23T15:28:25.000000001Z";
const data = (text: string): Uint8Array => Buffer.from(text);

async function* frames(
  ...all: readonly (readonly [OutputFrame["stream"], string])[]
): AsyncGenerator<OutputFrame> {
  for (const [stream, text] of all) yield { stream, data: data(text) };
}

async function texts(source: AsyncIterable<OutputFrame>): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const { stream, time, text } of logLines(source)) lines.push(`${stream} ${time} ${text}`);
  return lines;
}

test.each<[string, readonly (readonly [OutputFrame["stream"], string])[], readonly string[]]>([
  ["a line", [["stdout", `${T} hello\n`]], [`stdout ${T} hello`]],
  ["an empty line", [["stdout", `${T} \n`]], [`stdout ${T} `]],
  ["without an end", [["stderr", `${T} hello`]], [`stderr ${T} hello`]],
  ["of a terminal", [["stdout", `${T} hello\r\n`]], [`stdout ${T} hello`]],
  [
    "another zone",
    [["stdout", "2026-11-23T15:28:25+02:00 hello\n"]],
    ["stdout 2026-11-23T15:28:25+02:00 hello"],
  ],
  ["no time at all", [["stdout", "hello world\n"]], ["stdout  hello world"]],
  ["a time of the program's own", [["stdout", `${T} ${T} hello\n`]], [`stdout ${T} ${T} hello`]],
])("%s", async (_, source, lines) => expect(await texts(frames(...source))).toEqual(lines));

test("streams do not mix, wherever their frames are cut", async () => {
  const lines = await texts(
    frames(["stdout", `${T} he`], ["stderr", `${T} oh`], ["stdout", `llo\n${T} again\n`], ["stderr", "\n"]),
  );
  expect(lines).toEqual([`stdout ${T} hello`, `stdout ${T} again`, `stderr ${T} oh`]);
});

test.each([8 * 1024, 16 * 1024])(
  "pieces of %i bytes are joined without the times between them",
  async (size) => {
    const piece = "x".repeat(size);
    const lines = await texts(frames(["stdout", `${T} ${piece}${T} ${piece}${T} end\n`]));
    expect(lines).toEqual([`stdout ${T} ${piece}${piece}end`]);
  },
);

test("a line without an end is broken, and nothing of it lost", async () => {
  const lines = await texts(frames(["stdout", "y".repeat(2_500_000)]));
  expect(lines.length).toBeGreaterThan(2);
  expect(lines.map((line) => line.replace(/^stdout {2}/, "")).join("")).toHaveLength(2_500_000);
});

test("any cut of the bytes gives the same lines", async () => {
  const text = `${T} één\n${T} 🦀 two\n${T} three`;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(Buffer.byteLength(text))), async (cuts) => {
      const bytes = Buffer.from(text);
      const edges = [0, ...cuts.sort((a, b) => a - b), bytes.length];
      async function* source(): AsyncGenerator<OutputFrame> {
        for (const [index, edge] of edges.entries())
          yield { stream: "stdout", data: bytes.subarray(edges[index - 1] ?? 0, edge) };
      }
      expect(await texts(source())).toEqual([`stdout ${T} één`, `stdout ${T} 🦀 two`, `stdout ${T} three`]);
    }),
  );
});

test("instants compare across lengths and zones", () => {
  const instants = [
    "2026-11-23T15:28:25Z",
    "2026-11-23T15:28:25.000000001Z",
    "2026-11-23T17:28:25.0000001+02:00",
    "2026-11-23T15:28:26.5Z",
  ].map(instantOf);
  expect([...instants].sort((a, b) => (a < b ? -1 : 1))).toEqual(instants);
  expect(new Set(instants).size).toBe(4);
  expect(instantOf("")).toBe(0n);
});
