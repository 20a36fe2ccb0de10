/** Waits for the one line among all that a container prints. */
import { finished } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import type { Running } from "../../engine/engine.ts";

export interface Told {
  /** What followed the mark and a space; `undefined` when no such line came. */
  readonly line: string | undefined;
  /** The last line of its error output that is not empty, as far as it can be printed. */
  readonly lastWords: string;
}

/** Characters kept of each stream: the line is shorter, and what a container prints may have no end. */
const KEPT = 64 * 1024;
const LONGEST_WORDS = 200;

/**
 * Resolves with the line, when the container has ended, or when the patience is over, whichever is first.
 * @param patience in milliseconds
 */
export async function markedLine(
  { stdout, stderr, exited }: Pick<Running, "stdout" | "stderr" | "exited">,
  mark: string,
  patience: number,
): Promise<Told> {
  const over = new AbortController();
  let output = "";
  let errors = "";
  let line: string | undefined;
  stderr.setEncoding("utf8").on("data", (chunk: string) => {
    errors = (errors + chunk).slice(-KEPT);
  });
  const came = new Promise<void>((resolve) => {
    stdout.setEncoding("utf8").on("data", (chunk: string) => {
      if (line !== undefined) return;
      output += chunk;
      line = after(output, mark);
      if (line !== undefined) resolve();
      output = output.slice(-KEPT);
    });
  });
  const streams = [stdout, stderr].map((stream) =>
    finished(stream, { writable: false, signal: over.signal }),
  );
  const ended = Promise.allSettled([exited, ...streams]);
  const late = delay(patience, undefined, { signal: over.signal }).catch(() => undefined);
  await Promise.race([came, ended, late]);
  over.abort();
  return { line, lastWords: lastLine(errors) };
}

/** What a whole line has after the mark, wherever in it the mark stands: others may print before it. */
function after(output: string, mark: string): string | undefined {
  const start = output.indexOf(`${mark} `);
  const end = start === -1 ? -1 : output.indexOf("\n", start);
  return end === -1 ? undefined : output.slice(start + mark.length + 1, end);
}

function lastLine(text: string): string {
  const lines = text.split(/[\r\n]+/).map((line) => line.trim());
  const last = lines.findLast((line) => line !== "") ?? "";
  return last.replaceAll(/[^ -~]/g, "?").slice(0, LONGEST_WORDS);
}
