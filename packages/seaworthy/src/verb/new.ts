/** `new`: a service in TypeScript with its database and cache, hardened from its first line on. */
import { chmod, mkdir, mkdtemp, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { Fault } from "../fault/fault.ts";
import { readTemplate, type TemplateFile } from "./template.ts";

export interface Scaffolded {
  /** Absolute. */
  readonly directory: string;
  readonly files: number;
}

/** What npm, Compose and a host name all take. */
const NAME = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
const LONGEST_NAME = 40;

/**
 * The folder appears whole or not at all; one that is there is never touched.
 * @param path where it goes; its last part is the name
 * @throws Fault `new/name`, `new/exists`
 */
export async function scaffold(path: string): Promise<Scaffolded> {
  const directory = resolve(path);
  const name = basename(directory);
  if (!NAME.test(name) || name.length > LONGEST_NAME) {
    throw new Fault({
      code: "new/name",
      message: `expected a name of a-z, 0-9 and single dashes (at most ${LONGEST_NAME}), found "${name}"`,
      hint: "It becomes the npm package, the Compose project and the image: `seaworthy new shop-api`.",
    });
  }
  if (await exists(directory)) {
    throw new Fault({
      code: "new/exists",
      message: `expected nothing at ${directory}, found something`,
      hint: "Choose another name; nothing is ever written over.",
    });
  }
  const files = (await readTemplate()).map((file) => renamed(file, name));
  await mkdir(dirname(directory), { recursive: true });
  const partial = await mkdtemp(join(dirname(directory), `.${name}-`));
  try {
    for (const { path: file, text } of files) {
      await mkdir(dirname(join(partial, file)), { recursive: true });
      await writeFile(join(partial, file), text);
    }
    await chmod(partial, 0o755);
    await mkdir(directory);
    // Onto an empty folder of ours: somebody else's that came in between makes this fail, and stays.
    await rename(partial, directory);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
  return { directory, files: files.length };
}

/** The example's own names, wherever they stand: a second project beside it shares nothing with it. */
function renamed({ path, text }: TemplateFile, name: string): TemplateFile {
  const own = text
    .replaceAll(/container_name: my(db|redis)\b/g, (_, store: string) => `container_name: ${name}-${store}`)
    .replaceAll("myapp", name);
  return { path, text: own };
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}
