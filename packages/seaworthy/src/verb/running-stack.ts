/** What verbs need to start, find and stop the stack of a project: the engine's tools, places and services. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Engine } from "../engine/engine.ts";
import { removeLeftovers } from "../engine/runc/leftovers.ts";
import { obtainRunc } from "../engine/runc/obtain.ts";
import { createRuncEngine, requireRoot } from "../engine/runc/runc.ts";
import { unpackLayer } from "../oci/unpack.ts";
import { doubleName } from "../probe/stack/double-stack.ts";
import { requireBindSources } from "../recipe/bind-sources.ts";
import { ensureSecrets } from "../recipe/secrets.ts";
import { toContainer } from "../stack/container.ts";
import { type StackOptions, stopStack } from "../stack/stack.ts";
import type { StackSpec } from "../stack/stack-spec.ts";
import type { Built } from "./build.ts";
import type { Project } from "./project.ts";
import type { Directories, VerbIo } from "./verb.ts";

export interface StackTools {
  readonly engine: Engine;
  readonly options: Omit<StackOptions, "leash" | "onChange">;
}

/** @throws Fault `engine/not-root`, and those of obtaining runc */
export async function stackTools(project: Project, io: VerbIo): Promise<StackTools> {
  return await engineTools({ ...project, name: proofName(project.compose.name) }, io);
}

/** @param place.name what the engine's own containers (doubles and twins) are kept under */
export async function engineTools(
  place: Pick<Project, "directories" | "store" | "sources"> & { readonly name: string },
  io: VerbIo,
): Promise<StackTools> {
  requireRoot();
  const { directories, store, sources, name } = place;
  const runc = await obtainRunc({
    directory: join(directories.cache, "engine"),
    store,
    archive: (suite) => sources.archive(suite),
    source: { store, mirrors: sources.mirrors, signal: io.signal },
  });
  const options = {
    runc,
    runRoot: directories.run,
    layerRoot: join(directories.cache, "layers"),
    unpack: (layer: Parameters<typeof unpackLayer>[1], directory: string) =>
      unpackLayer(store, layer, directory),
    signal: io.signal,
  };
  return { engine: createRuncEngine({ ...options, project: name }), options };
}

/** What doubles and twins are kept under; no Compose project has a capital letter in its name. */
export function proofName(project: string): string {
  return `${project}-Proof`;
}

/** Where a proof keeps the volumes of a stack that it brought up itself. */
export function proofState({ state }: Directories, project: string): string {
  return join(state, "proof", project);
}

/** Ends and removes all that a proof has made, also after a crash: doubles, twins, the second stack, and their data. */
export async function removeProof(directories: Directories, project: string): Promise<void> {
  const { run: runRoot } = directories;
  await stopStack(doubleName(project), { runRoot });
  await removeLeftovers(runRoot, proofName(project));
  for (const folder of [join(runRoot, proofName(project)), proofState(directories, project)]) {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * The stack as the Compose file declares it, with the images that were built. Makes missing secrets.
 * @param stateRoot absolute; volumes are kept below it
 */
export async function stackSpec(built: Built, stateRoot: string): Promise<StackSpec> {
  const { compose } = built.project;
  await ensureSecrets(compose);
  await requireBindSources(compose);
  const services = built.images.map(({ plan, image }) => {
    const service = compose.services.get(plan.service);
    if (service === undefined)
      throw new TypeError(`expected service ${plan.service} in the project, found none`);
    const accounts = plan.accounts.map(({ name, uid, gid }) => ({ name, uid, gid, groups: [] }));
    const groups = new Map(plan.accounts.map(({ name, gid }) => [name, gid]));
    return toContainer(service, { project: compose, image, accounts, groups, stateRoot });
  });
  const aliases = new Map(
    [...compose.services.values()].flatMap(({ name, containerName }) =>
      containerName === undefined ? [] : [[name, [containerName]] as const],
    ),
  );
  return { project: compose.name, services, aliases };
}
