/** Makes the secret files a project asks for on its first run. Values go into files only, never into messages. */
import { randomBytes } from "node:crypto";
import type { Stats } from "node:fs";
import { chmod, link, lstat, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { errnoOf, isMissing } from "../fault/errno.ts";
import { Fault } from "../fault/fault.ts";
import type { ComposeProject } from "./compose.ts";
import type { ComposeFile } from "./file-resource.ts";

export interface EnsuredSecrets {
  /** Names of the secrets that were made now. */
  readonly created: readonly string[];
}

const PASSWORD_BYTES = 32;
const MAX_SECRET_BYTES = 512 * 1024;

/**
 * After this every secret and config of the project is a file. Files that are there stay as they are; new ones
 * are 0444 (a container's user must read them) in a folder closed to other users (0700). A file appears whole
 * or not at all. Nothing is made before it is certain that all can be.
 *
 * @throws Fault `compose/secret-missing`, `compose/secret-cycle`, `compose/secret-stale`, `compose/secret-place`
 */
export async function ensureSecrets(project: ComposeProject): Promise<EnsuredSecrets> {
  const missing = new Set<string>();
  for (const file of [...project.secrets.values(), ...project.configs.values()]) {
    if (file.generate?.kind === "value") {
      await withPlace(file, () => writeValue(file, file.generate));
      continue;
    }
    if (await isFile(file)) continue;
    if (file.generate === undefined) throw missingFault(project, file);
    refuseOpenPlace(project, file);
    missing.add(file.name);
  }
  const order = creationOrder(project);
  for (const file of order) await refuseStale(file, project, missing);
  const created: string[] = [];
  for (const file of order) {
    if (!missing.has(file.name)) continue;
    const made = await withPlace(file, async () => create(file, await generate(file, project)));
    if (made) created.push(file.name);
  }
  return { created };
}

/** The folder is ours; git is told to leave it alone. */
async function writeValue({ path }: ComposeFile, generate: ComposeFile["generate"]): Promise<void> {
  const text = generate?.kind === "value" ? generate.text : "";
  if ((await readFile(path, "utf8").catch(() => undefined)) === text) return;
  const folder = dirname(path);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(folder, ".gitignore"), "*\n");
  const temporary = join(folder, `.${randomBytes(8).toString("hex")}`);
  try {
    await writeFile(temporary, text, { flag: "wx", mode: 0o400, flush: true });
    await chmod(temporary, 0o444);
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}

async function generate(file: ComposeFile, project: ComposeProject): Promise<string> {
  if (file.generate?.kind !== "template") return randomBytes(PASSWORD_BYTES).toString("hex");
  let text = file.generate.text;
  for (const name of file.generate.needs) {
    const path = project.secrets.get(name)?.path ?? "";
    const value = (await readFile(path, "utf8")).replace(/\r?\n$/, "");
    // A function, so that `$&` in a value stays what it is.
    text = text.replaceAll(`{{${name}}}`, () => value);
  }
  return text;
}

/** False when somebody else made it first; theirs stays. */
async function create(file: ComposeFile, value: string): Promise<boolean> {
  const folder = dirname(file.path);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  const temporary = join(folder, `.${randomBytes(8).toString("hex")}`);
  try {
    await writeFile(temporary, value, { flag: "wx", mode: 0o400, flush: true });
    await chmod(temporary, 0o444);
    // Unlike a rename, a link never replaces what is there.
    await link(temporary, file.path);
    return true;
  } catch (error) {
    if (errnoOf(error) === "EEXIST") return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

async function isFile(file: ComposeFile): Promise<boolean> {
  const found = await withPlace(file, () => statOrNothing(file.path));
  if (found === undefined) return false;
  if (found.isFile() && found.size <= MAX_SECRET_BYTES) return true;
  throw new Fault({
    code: "compose/secret-missing",
    message: `expected ${file.path} to be a file of at most ${MAX_SECRET_BYTES} bytes, found ${kindOf(found)}`,
    place: file.place,
  });
}

/** Of what a link leads to; of the link itself when that is nowhere. */
async function statOrNothing(path: string): Promise<Stats | undefined> {
  for (const look of [stat, lstat]) {
    try {
      return await look(path);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
  return undefined;
}

function kindOf(found: Stats): string {
  if (found.isSymbolicLink()) return "a link to nowhere";
  return found.isFile() ? "a larger one" : "something else";
}

/** The machine's refusals as a Fault at the secret's line; the error names a path, never a value. */
async function withPlace<T>(file: ComposeFile, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault({
      code: "compose/secret-place",
      message: `expected ${file.path}, the file of ${file.name}, to be readable or writable, found ${errnoOf(error) ?? "an error"}`,
      place: file.place,
      cause: error,
    });
  }
}

/** Secrets before the templates that use them. */
function creationOrder(project: ComposeProject): readonly ComposeFile[] {
  const order = new Set<ComposeFile>();
  const visit = (file: ComposeFile, path: readonly ComposeFile[]): void => {
    if (order.has(file)) return;
    if (path.includes(file)) {
      throw new Fault({
        code: "compose/secret-cycle",
        message: `expected secrets made one from another, found a circle: ${[...path, file].map((one) => one.name).join(" -> ")}`,
        place: file.place,
      });
    }
    for (const name of needsOf(file)) {
      const needed = project.secrets.get(name);
      if (needed === undefined) {
        throw new Fault({
          code: "compose/undeclared",
          message: `expected "${name}", which the template of ${file.name} uses, under secrets, found none`,
          place: file.place,
        });
      }
      visit(needed, [...path, file]);
    }
    order.add(file);
  };
  for (const file of project.secrets.values()) visit(file, []);
  return [...order];
}

/** A new password beside an old text that has the former one in it would lock the service out. */
async function refuseStale(
  file: ComposeFile,
  project: ComposeProject,
  missing: ReadonlySet<string>,
): Promise<void> {
  if (missing.has(file.name)) return;
  for (const name of needsOf(file)) {
    const needed = project.secrets.get(name);
    // Looked at again: a second run beside this one may just have made both.
    if (needed === undefined || !missing.has(name) || (await isFile(needed))) continue;
    throw new Fault({
      code: "compose/secret-stale",
      message: `expected the secret ${name} beside ${file.name}, which was made from it, found only ${file.name}`,
      place: file.place,
      hint: `Put the file of ${name} back, or remove ${file.path} as well and start with new data.`,
    });
  }
}

/** The folder is closed to other users, so it must not be the project's own, nor outside of it. */
function refuseOpenPlace(project: ComposeProject, file: ComposeFile): void {
  const folder = relative(project.directory, dirname(file.path));
  if (folder !== "" && folder !== ".." && !folder.startsWith("../")) return;
  throw new Fault({
    code: "compose/secret-place",
    message: `expected the generated secret ${file.name} in a folder of its own inside the project, found ${file.path}`,
    place: file.place,
    hint: `Write \`file: ./secrets/${file.name}\`.`,
  });
}

function missingFault(project: ComposeProject, file: ComposeFile): Fault {
  const secret = project.secrets.get(file.name) === file;
  return new Fault({
    code: "compose/secret-missing",
    message: `expected the file ${file.path} for ${secret ? "the secret" : "the config"} ${file.name}, found none`,
    place: file.place,
    hint: secret ? "Create it, or add `x-seaworthy: { generate: password }`." : "Create it.",
  });
}

function needsOf(file: ComposeFile): readonly string[] {
  return file.generate?.kind === "template" ? file.generate.needs : [];
}
