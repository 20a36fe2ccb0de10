/** Takes a container's log apart: frames of a stream into lines, each with the time the engine noted. */
import type { OutputFrame } from "../../engine/docker/frames.ts";
import type { LogLine } from "../log-line.ts";

/** Longer lines are broken: a program without line ends must not fill our memory. */
const LONGEST_LINE = 1024 * 1024;
const STAMP = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)) /;

/** @param frames with timestamps asked for; a terminal's are all `stdout` and end in a carriage return too */
export async function* logLines(frames: AsyncIterable<OutputFrame>): AsyncGenerator<LogLine> {
  const rests: Record<LogLine["stream"], Buffer> = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };
  for await (const { stream, data } of frames) {
    let rest = Buffer.concat([rests[stream], data]);
    for (let end = endOfLine(rest); end !== -1; end = endOfLine(rest)) {
      yield toLine(stream, rest.subarray(0, end));
      rest = rest.subarray(rest[end] === NEWLINE ? end + 1 : end);
    }
    rests[stream] = rest;
  }
  for (const stream of ["stdout", "stderr"] as const) {
    if (rests[stream].length > 0) yield toLine(stream, rests[stream]);
  }
}

const NEWLINE = 0x0a;

function endOfLine(text: Buffer): number {
  const end = text.indexOf(NEWLINE);
  return end === -1 && text.length > LONGEST_LINE ? LONGEST_LINE : end;
}

/**
 * What engines keep as one piece of a long line, Podman and Docker: each piece begins with a time of its own. A line that a
 * program wrote bit by bit has shorter pieces on Podman, whose times cannot be told from its text: they stay in it.
 */
const PIECES = [8 * 1024, 16 * 1024];

function toLine(stream: LogLine["stream"], bytes: Buffer): LogLine {
  const [time, first] = withoutStamp(bytes);
  const pieces: Buffer[] = [];
  let rest = first;
  for (let size = pieceOf(rest); size !== undefined; size = pieceOf(rest)) {
    pieces.push(rest.subarray(0, size));
    [, rest] = withoutStamp(rest.subarray(size));
  }
  const text = Buffer.concat([...pieces, rest]).toString();
  return { time, stream, text: text.endsWith("\r") ? text.slice(0, -1) : text };
}

function pieceOf(bytes: Buffer): number | undefined {
  return PIECES.find((size) => bytes.length > size && withoutStamp(bytes.subarray(size))[0] !== "");
}

function withoutStamp(bytes: Buffer): readonly [string, Buffer] {
  const time = STAMP.exec(bytes.subarray(0, 48).toString("latin1"))?.[1];
  return time === undefined ? ["", bytes] : [time, bytes.subarray(time.length + 1)];
}

/** In nanoseconds since 1970, for comparing: engines say times in different lengths and zones. */
export function instantOf(time: string): bigint {
  const fraction = /\.(\d+)/.exec(time)?.[1] ?? "";
  const seconds = Date.parse(time.replace(/\.\d+/, "")) / 1000;
  return Number.isNaN(seconds)
    ? 0n
    : BigInt(seconds) * 1_000_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, "0"));
}
