/** Reads on in a log that is being written, across its rotation. */
import { type FileHandle, open, stat } from "node:fs/promises";
import { isMissing } from "../../fault/errno.ts";
import type { LogLine } from "../log-line.ts";
import { parseLine } from "./log-file.ts";

export interface LogCursor extends AsyncDisposable {
  /** Whole lines that were written since the last time. */
  read(): Promise<readonly LogLine[]>;
}

const CHUNK = 64 * 1024;

/** @param fromEnd whether what is there already is passed over */
export async function logCursor(file: string, fromEnd: boolean): Promise<LogCursor> {
  let handle: FileHandle | undefined;
  let at = 0;
  let rest = "";

  async function openCurrent(skip: boolean): Promise<void> {
    handle = await open(file).catch(ignoreMissing);
    at = skip && handle !== undefined ? (await handle.stat()).size : 0;
  }

  async function readRest(): Promise<string> {
    const chunks: Buffer[] = [];
    for (;;) {
      const buffer = Buffer.alloc(CHUNK);
      const { bytesRead = 0 } = (await handle?.read(buffer, 0, CHUNK, at)) ?? {};
      if (bytesRead === 0) return Buffer.concat(chunks).toString("utf8");
      at += bytesRead;
      chunks.push(buffer.subarray(0, bytesRead));
    }
  }

  /** The file that has our name now may be another one. */
  async function isRotated(): Promise<boolean> {
    if (handle === undefined) return true;
    const [current, ours] = [await stat(file).catch(ignoreMissing), await handle.stat()];
    return current !== undefined && current.ino !== ours.ino;
  }

  await openCurrent(fromEnd);
  return {
    async read() {
      let text = rest + (await readRest());
      if (await isRotated()) {
        await handle?.close();
        await openCurrent(false);
        text += await readRest();
      }
      const end = text.lastIndexOf("\n") + 1;
      rest = text.slice(end);
      return text
        .slice(0, end)
        .split("\n")
        .flatMap((line) => parseLine(line) ?? []);
    },
    async [Symbol.asyncDispose]() {
      await handle?.close();
    },
  };
}

function ignoreMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error;
}
