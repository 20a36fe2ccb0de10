/** Writes files that we may write anew as long as nobody else has changed them. */
import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Digest, digestOf } from "../content/digest.ts";
import { Fault } from "../fault/fault.ts";
import { readTextFile } from "../recipe/text-file.ts";
import { writeWhole } from "../report/write.ts";

/** It holds what the containers' environments do: passwords, often. */
const PRIVATE = 0o700;
/** What was written last, by name: a file with another digest is the user's. */
const NOTES = ".written.json";
const LIMITS = { code: "target/written", maxBytes: 4 * 1024 * 1024 };

/**
 * All of the files or, when one has been changed since, none.
 * @param of what they say, in words
 * @throws Fault `target/changed`
 */
export async function writeOwn(
  folder: string,
  files: ReadonlyMap<string, string>,
  of: string,
): Promise<void> {
  const digests = new Map([...files].map(([name, text]) => [name, digestOf(text)]));
  const written = notesOf(await readTextFile(join(folder, NOTES), LIMITS));
  for (const [name, digest] of digests) {
    const text = await readTextFile(join(folder, name), LIMITS);
    if (text === undefined || [digest, written.get(name)].includes(digestOf(text))) continue;
    throw new Fault({
      code: "target/changed",
      message: `expected ${join(folder, name)} to be as it was written for ${of}, found it changed`,
      hint: `It is yours, and is not written over. Go on with it: seaworthy prove ${folder}. Or remove the folder ${folder}, to begin anew.`,
    });
  }
  await mkdir(folder, { recursive: true });
  await chmod(folder, PRIVATE);
  for (const [name, text] of files) await writeWhole(join(folder, name), text);
  await writeWhole(join(folder, NOTES), `${JSON.stringify(Object.fromEntries(digests), undefined, 2)}\n`);
}

/** None when they are no notes of ours. */
function notesOf(text = "{}"): ReadonlyMap<string, Digest> {
  try {
    return new Map(Object.entries(JSON.parse(text) as Record<string, Digest>));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return new Map();
    throw error;
  }
}
