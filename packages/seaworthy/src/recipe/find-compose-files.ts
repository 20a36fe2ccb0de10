/** Finds the Compose files of a project, by the names and variables that Compose goes by. */
import { stat } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { Fault } from "../fault/fault.ts";
import { readDotenvFiles } from "./dotenv.ts";

/** In the order that Compose looks for them. @see {@link https://docs.docker.com/compose/intro/compose-application-model/} */
export const COMPOSE_FILES: readonly string[] = [
  "compose.yaml",
  "compose.yml",
  "docker-compose.yml",
  "docker-compose.yaml",
];
const OVERRIDES = [
  "compose.override.yml",
  "compose.override.yaml",
  "docker-compose.override.yml",
  "docker-compose.override.yaml",
];

export interface WhichFiles {
  /** The project's folder, or a Compose file. */
  readonly directory: string;
  /** Chosen by the user, lowest first; relative ones start in the folder. */
  readonly files?: readonly string[] | undefined;
}

/**
 * What the user chose, else `COMPOSE_FILE` (also from `.env`), else the folder's own file and its override.
 * @returns lowest first
 * @throws Fault `compose/file` when the folder has none
 */
export async function findComposeFiles(
  { directory, files = [] }: WhichFiles,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<readonly [string, ...string[]]> {
  const inside = (file: string): string => (isAbsolute(file) ? file : join(directory, file));
  const [first, ...more] = files.map(inside);
  if (first !== undefined) return [first, ...more];
  if (/\.ya?ml$/.test(directory)) return [directory];
  const [named, ...others] = (await fromVariables(directory, environment)).map(inside);
  if (named !== undefined) return [named, ...others];
  const own = await firstThere(directory, COMPOSE_FILES);
  if (own === undefined) {
    throw new Fault({
      code: "compose/file",
      message: `expected a Compose file in ${directory} (${COMPOSE_FILES.join(", ")}), found none`,
      hint: "Name the folder that has one, or the file itself.",
    });
  }
  const override = await firstThere(directory, OVERRIDES);
  return override === undefined ? [own] : [own, override];
}

async function fromVariables(
  directory: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<readonly string[]> {
  const dotenv = await readDotenvFiles([join(directory, ".env")], (name) => environment[name], {
    needed: false,
  });
  const lookup = (name: string): string | undefined => environment[name] ?? dotenv.get(name);
  const separator = lookup("COMPOSE_PATH_SEPARATOR") || ":";
  return (lookup("COMPOSE_FILE") ?? "").split(separator).filter((file) => file !== "");
}

async function firstThere(directory: string, names: readonly string[]): Promise<string | undefined> {
  for (const name of names) {
    const path = join(directory, name);
    if (
      await stat(path).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  return undefined;
}
