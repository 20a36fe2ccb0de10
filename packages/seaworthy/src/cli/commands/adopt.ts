/** `seaworthy adopt`. */
import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { isMissing } from "../../fault/errno.ts";
import { Fault } from "../../fault/fault.ts";
import { writeWhole } from "../../report/write.ts";
import { type AdoptedText, adopt } from "../../verb/adopt.ts";
import type { Command } from "../command.ts";

const COMPOSE = "compose.yaml";

export const adoptCommand: Command = {
  name: "adopt",
  summary: "Write a Compose file for containers that run already, to check, prove and harden them",
  takes: [{ name: "CONTAINER...", optional: false }],
  options: [
    { name: "output", short: "o", value: "FOLDER", summary: "write it there; it is printed otherwise" },
  ],
  examples: [
    { line: "adopt web db", does: "what the engine says of them, as a Compose file" },
    { line: "adopt web db -o shop", does: "into a folder, for: seaworthy prove shop" },
  ],
  async run(given, io, output) {
    const adopted = await adopt(given.positionals, io);
    const folder = given.text("output");
    output.json({ ...adopted, files: Object.fromEntries(adopted.files) });
    if (folder === undefined) {
      output.line(adopted.text.trimEnd());
      for (const name of adopted.files.keys())
        io.warn(
          `${name} is a file beside it, with a profile of the container's own: write both with --output`,
        );
      return 0;
    }
    for (const file of await writeTo(folder, adopted)) output.line(`written ${file}`);
    output.line(`go on with: seaworthy prove ${folder}`);
    return 0;
  },
};

/** It holds what the containers' environments do: passwords, often. */
const PRIVATE = 0o700;

async function writeTo(folder: string, { text, files }: AdoptedText): Promise<readonly string[]> {
  const all = [[COMPOSE, text] as const, ...files];
  for (const [name] of all) await requireFree(join(folder, name));
  await mkdir(folder, { recursive: true, mode: PRIVATE });
  for (const [name, content] of all) await writeWhole(join(folder, name), content);
  return all.map(([name]) => join(folder, name));
}

async function requireFree(file: string): Promise<void> {
  try {
    await stat(file);
  } catch (error) {
    if (isMissing(error)) return;
    throw error;
  }
  throw new Fault({
    code: "adopt/exists",
    message: `expected no file at ${file}, found one`,
    hint: "Choose another folder with --output.",
  });
}
