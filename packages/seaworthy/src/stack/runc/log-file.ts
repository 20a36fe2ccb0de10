/**
 * Keeps what a service prints in a few files of bounded size, a line each: time, stream, `F`, and the text, as Kubernetes'
 * container runtimes write them (the CRI logging format).
 */
import { appendFile, readFile, rename, rm, stat } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { isMissing } from "../../fault/errno.ts";
import type { LogLine } from "../log-line.ts";

export interface LogRotation {
  /** In bytes, of one file. */
  readonly maxSize: number;
  /** How many files are kept, the current one included. */
  readonly maxFiles: number;
}

const DEFAULT_ROTATION: LogRotation = { maxSize: 10 * 1024 * 1024, maxFiles: 3 };

/** Longer lines are broken, so that a program without line ends cannot fill our memory. */
const LONGEST_LINE = 16 * 1024;

/** How long lines are gathered before they are written, in milliseconds. */
const BATCH = 10;

/** How much may wait to be written before whoever prints has to wait too, in bytes. */
const HIGH_WATER = 1024 * 1024;

export interface LogSink {
  /** @param text whole lines of the file's format, bytes as latin1. Resolves when there is room for more. */
  write(text: string): Promise<void>;
  /** Resolves when all of it is in the file. */
  flush(): Promise<void>;
}

/**
 * Reads the stream to its end, and returns when all of it is kept. A chunk is handled whole and its bytes are never
 * looked into: a service that prints a line per request should not pay for our reading it.
 */
export async function keepLog(
  stream: NodeJS.ReadableStream,
  name: LogLine["stream"],
  sink: LogSink,
): Promise<void> {
  let rest = "";
  const headed = (text: string): string => {
    const head = `${new Date().toISOString()} ${name} F `;
    return `${head}${text.replaceAll("\n", `\n${head}`)}\n`;
  };
  for await (const chunk of stream) {
    const text = rest + Buffer.from(chunk as unknown as Uint8Array).toString("latin1");
    const end = text.lastIndexOf("\n");
    rest = text.slice(end + 1);
    if (end !== -1) await sink.write(headed(text.slice(0, end)));
    for (; rest.length > LONGEST_LINE; rest = rest.slice(LONGEST_LINE))
      await sink.write(headed(rest.slice(0, LONGEST_LINE)));
  }
  if (rest !== "") await sink.write(headed(rest));
  await sink.flush();
}

/** One line of the file. @returns `undefined` for one that is not of the format */
export function parseLine(line: string): LogLine | undefined {
  const [, time, stream, text] = /^(\S+) (stdout|stderr) [FP] (.*)$/s.exec(line) ?? [];
  if (time === undefined || text === undefined) return undefined;
  return { time, stream: stream === "stderr" ? "stderr" : "stdout", text };
}

/**
 * Appends in the order of the calls; full files become `<file>.1`, `<file>.2`, and the oldest goes. What comes within a
 * hundredth of a second goes out together: a service that prints a line per request should not pay for a write of ours.
 */
export function logWriter(file: string, rotation: LogRotation = DEFAULT_ROTATION): LogSink {
  let waiting = "";
  let written: Promise<void> = Promise.resolve();
  const writeSoon = async (before: Promise<void>): Promise<void> => {
    await Promise.all([before, delay(BATCH)]);
    const bytes = Buffer.from(waiting, "latin1");
    waiting = "";
    // A full disk costs lines, not the service that prints them.
    await append(file, rotation, bytes).catch(() => undefined);
  };
  return {
    write(text) {
      if (waiting === "") written = writeSoon(written);
      waiting += text;
      return waiting.length < HIGH_WATER ? Promise.resolve() : written;
    },
    flush: () => written,
  };
}

async function append(file: string, rotation: LogRotation, bytes: Buffer): Promise<void> {
  const size = await sizeOf(file);
  if (size > 0 && size + bytes.length > rotation.maxSize) await rotate(file, rotation.maxFiles);
  await appendFile(file, bytes, { mode: 0o600 });
}

async function rotate(file: string, maxFiles: number): Promise<void> {
  const numbered = (index: number): string => (index === 0 ? file : `${file}.${index}`);
  await rm(numbered(maxFiles - 1), { force: true });
  for (let index = maxFiles - 2; index >= 0; index -= 1) {
    await rename(numbered(index), numbered(index + 1)).catch(ignoreMissing);
  }
}

/** All that is kept, oldest first; a last line that is still being written is left out. */
export async function readLog(file: string): Promise<readonly LogLine[]> {
  const texts: string[] = [];
  for (let index = 0; ; index += 1) {
    const text = await readFile(index === 0 ? file : `${file}.${index}`, "utf8").catch(ignoreMissing);
    if (text === undefined) break;
    texts.unshift(text);
  }
  const whole = texts.join("");
  return whole
    .slice(0, whole.lastIndexOf("\n") + 1)
    .split("\n")
    .flatMap((line) => parseLine(line) ?? []);
}

async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(ignoreMissing))?.size ?? 0;
}

function ignoreMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error;
}
