/** Keeps what a service prints, one JSON line each, in a few files of bounded size. */
import { appendFile, readFile, rename, rm, stat } from "node:fs/promises";
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

/** Reads the stream to its end. It is read no faster than the disk takes it. */
export async function keepLog(
  stream: NodeJS.ReadableStream,
  name: LogLine["stream"],
  write: (lines: readonly LogLine[]) => Promise<void>,
): Promise<void> {
  const decoder = new TextDecoder();
  let rest = "";
  const toLine = (text: string): LogLine => ({ time: new Date().toISOString(), stream: name, text });
  for await (const chunk of stream) {
    const parts = (rest + decoder.decode(chunk as unknown as Uint8Array, { stream: true })).split("\n");
    rest = parts.pop() ?? "";
    while (rest.length > LONGEST_LINE) {
      parts.push(rest.slice(0, LONGEST_LINE));
      rest = rest.slice(LONGEST_LINE);
    }
    if (parts.length > 0) await write(parts.map(toLine));
  }
  if (rest !== "") await write([toLine(rest)]);
}

/** Appends in the order of the calls; full files become `<file>.1`, `<file>.2`, and the oldest goes. */
export function logWriter(
  file: string,
  rotation: LogRotation = DEFAULT_ROTATION,
): (lines: readonly LogLine[]) => Promise<void> {
  let last = Promise.resolve();
  return (lines) => {
    const next = last.then(() => append(file, rotation, lines));
    last = next.catch(() => undefined);
    return next;
  };
}

async function append(file: string, rotation: LogRotation, lines: readonly LogLine[]): Promise<void> {
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  const size = await sizeOf(file);
  if (size > 0 && size + Buffer.byteLength(text) > rotation.maxSize) await rotate(file, rotation.maxFiles);
  await appendFile(file, text, { mode: 0o600 });
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
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as LogLine);
}

async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(ignoreMissing))?.size ?? 0;
}

function ignoreMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error;
}
