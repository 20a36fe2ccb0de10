/** Reads a small text file that a user wrote: a pipe, a device or a gigabyte in its place is refused, not read. */
import { readFile, stat } from "node:fs/promises";
import { errnoOf, isMissing } from "../fault/errno.ts";
import { Fault, type Place } from "../fault/fault.ts";

export interface TextFileRules {
  /** Of the Fault. */
  readonly code: string;
  /** Where the file is asked for; the file itself unless said otherwise. */
  readonly place?: Place;
  readonly maxBytes: number;
}

/**
 * The text without a byte order mark, or `undefined` when there is no such file.
 * @throws Fault with the given code for anything that is no UTF-8 text of at most `maxBytes`
 */
export async function readTextFile(path: string, rules: TextFileRules): Promise<string | undefined> {
  const fault = (found: string, cause?: unknown): Fault =>
    new Fault({
      code: rules.code,
      message: `expected ${path} to be a text file of at most ${rules.maxBytes} bytes, found ${found}`,
      place: rules.place ?? { file: path },
      cause,
    });
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw fault("a folder");
    if (!found.isFile()) throw fault("no regular file");
    if (found.size > rules.maxBytes) throw fault(`${found.size} bytes`);
    return new TextDecoder("utf-8", { fatal: true }).decode(await readFile(path));
  } catch (error) {
    if (error instanceof Fault) throw error;
    if (isMissing(error)) return undefined;
    throw fault(
      error instanceof TypeError ? "bytes that are no UTF-8" : (errnoOf(error) ?? "an error"),
      error,
    );
  }
}
