/** Reads the fields of `package.json` that decide what is built and shipped. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isMissing } from "../fault/errno.ts";
import { Fault } from "../fault/fault.ts";
import { parseJsonObject, readRecord, readText } from "./json-fields.ts";

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies: ReadonlyMap<string, string>;
  readonly devDependencies: ReadonlyMap<string, string>;
  readonly optionalDependencies: ReadonlyMap<string, string>;
  readonly peerDependencies: ReadonlyMap<string, string>;
  readonly scripts: ReadonlyMap<string, string>;
  readonly engines: ReadonlyMap<string, string>;
  /** What `node .` starts. */
  readonly main: string | undefined;
}

/**
 * @throws Fault `npm/no-package-json`, `npm/not-json`, `npm/manifest-malformed`
 */
export async function readManifest(directory: string): Promise<Manifest> {
  const file = "package.json";
  try {
    return parseManifest(await readFile(join(directory, file), "utf8"), file);
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new Fault({
      code: "npm/no-package-json",
      message: `expected package.json in ${directory}, found none`,
      place: { file },
      hint: "Point at the folder of a Node service, the one npm start works in.",
    });
  }
}

/** @throws Fault `npm/not-json`, `npm/manifest-malformed` */
export function parseManifest(text: string, file: string): Manifest {
  const fields = parseJsonObject(text.replace(/^\uFEFF/, ""), file);
  const fail = (problem: string): Fault =>
    new Fault({ code: "npm/manifest-malformed", message: problem, place: { file } });
  return {
    name: readText(fields, "name", fail) ?? "app",
    version: readText(fields, "version", fail) ?? "0.0.0",
    dependencies: readRecord(fields, "dependencies", fail),
    devDependencies: readRecord(fields, "devDependencies", fail),
    optionalDependencies: readRecord(fields, "optionalDependencies", fail),
    peerDependencies: readRecord(fields, "peerDependencies", fail),
    scripts: readRecord(fields, "scripts", fail),
    engines: readRecord(fields, "engines", fail),
    main: readText(fields, "main", fail),
  };
}
