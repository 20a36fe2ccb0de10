/** Finds the attacks that a project, or the caller, adds: files of probes, and modules that export them. */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Fault, type Place } from "../fault/fault.ts";
import { controlsOf } from "../posture/controls.ts";
import type { Probe } from "../probe/probe.ts";
import { fromDeclared, toProbe, type UserProbe } from "../probe/user-probe.ts";
import { closest } from "../recipe/closest.ts";
import type { ComposeProject } from "../recipe/compose.ts";
import { readProbeFile } from "../recipe/probe-file.ts";

/**
 * @param given as the caller named them; only these may be modules, for a Compose file of somebody else's must not make
 * this program run code
 * @throws Fault `probes/...`
 */
export async function userProbes(
  project: ComposeProject,
  given: readonly string[] = [],
): Promise<readonly Probe[]> {
  const place = project.place(["x-seaworthy", "probes"]);
  const probes: Probe[] = [];
  for (const file of project.probes) {
    for (const one of await readProbeFile(resolve(project.directory, file), place)) {
      probes.push(known(fromDeclared(one), one.place, project));
    }
  }
  for (const file of given) {
    if (/\.ya?ml$/.test(file)) {
      for (const one of await readProbeFile(file, undefined))
        probes.push(known(fromDeclared(one), one.place, project));
    } else {
      for (const one of await fromModule(file)) probes.push(known(one, { file }, project));
    }
  }
  return probes;
}

function known(own: UserProbe, place: Place, { services }: ComposeProject): Probe {
  const stranger = own.services?.find((name) => !services.has(name));
  if (stranger !== undefined) {
    throw new Fault({
      code: "probes/service",
      message: `expected the probe ${own.id} to name services of the stack, found "${stranger}"`,
      place,
      hint: `There are: ${[...services.keys()].join(", ")}.`,
    });
  }
  const probe = toProbe(own);
  if (probe !== undefined) return probe;
  const ids = controlsOf("strict").map(({ id }) => id);
  const meant = closest(own.control, ids);
  throw new Fault({
    code: "probes/control",
    message: `expected the probe ${own.id} to name a control, found "${own.control}"`,
    place,
    hint: meant === undefined ? `There are: ${ids.join(", ")}.` : `Did you mean ${meant}?`,
  });
}

async function fromModule(file: string): Promise<readonly UserProbe[]> {
  const malformed = (found: string): Fault =>
    new Fault({
      code: "probes/module",
      message: `expected a module that exports probes, a list of { id, claim, control, attempt }, found ${found}`,
      place: { file },
    });
  let loaded: { readonly probes?: unknown };
  try {
    loaded = (await import(pathToFileURL(resolve(file)).href)) as typeof loaded;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ERR_UNKNOWN_FILE_EXTENSION") {
      throw new Fault({
        code: "probes/typescript",
        message: `expected a Node.js that runs TypeScript (22.18 or newer) for ${file}, found ${process.version}`,
        hint: "Compile it to JavaScript first, or declare the probe in YAML.",
      });
    }
    throw malformed(error instanceof Error ? error.message : String(error));
  }
  if (!Array.isArray(loaded.probes)) throw malformed("no probes");
  return loaded.probes.map((one: Partial<UserProbe>) => {
    const { id, claim, control, attempt } = one;
    const isWhole = typeof id === "string" && /^[a-z][a-z0-9-]*$/.test(id) && typeof control === "string";
    if (!isWhole || claim === undefined || typeof attempt !== "function")
      throw malformed(`${String(id)}, which lacks some of them`);
    return one as UserProbe;
  });
}
