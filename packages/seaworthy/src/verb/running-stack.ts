/** What verbs need to start, find and stop the stack of a project. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Mount } from "../engine/container.ts";
import { removeLeftovers } from "../engine/runc/leftovers.ts";
import type { StackService } from "../engine/stack-service.ts";
import { trialName } from "../harden/copy-stack.ts";
import { doubleName } from "../probe/stack/double-stack.ts";
import { ensureBindSources } from "../recipe/bind-sources.ts";
import { ensureSecrets } from "../recipe/secrets.ts";
import { stackNetworks, stackVolumes } from "../stack/compose-stack.ts";
import { toContainer } from "../stack/container.ts";
import { requireBuiltIn } from "../stack/docker-only.ts";
import { requireOnePod } from "../stack/one-pod.ts";
import type { StackRuntime } from "../stack/stack-runtime.ts";
import type { StackSpec } from "../stack/stack-spec.ts";
import type { Built } from "./build.ts";
import { openProject, type Project, proofName } from "./project.ts";
import type { ProjectOptions, VerbIo } from "./verb.ts";

/** A project and whatever runs it, for verbs that neither plan nor build. */
export async function openRuntime(
  options: ProjectOptions,
  io: VerbIo,
): Promise<{ readonly project: Project; readonly runtime: StackRuntime }> {
  const project = await openProject(options, io);
  return { project, runtime: await project.host.runtime() };
}

/** Where a proof keeps what it makes on this machine. */
export function proofFolder({ directories, compose }: Project): string {
  return join(directories.run, proofName(compose.name));
}

/** What trials mount into copies of the stack, beside what ends with each copy. */
export function trialFolder({ directories, compose }: Project): string {
  return join(directories.run, `${trialName(compose.name)}-work`);
}

/** Ends and removes all that proofs and trials have made, also after a crash: doubles, twins, copies of the stack. */
export async function removeProof(project: Project, runtime: StackRuntime): Promise<void> {
  await runtime.stop(doubleName(project.compose.name), {});
  await runtime.stop(trialName(project.compose.name), {});
  await removeLeftovers(project.directories.run, proofName(project.compose.name));
  for (const folder of [proofFolder(project), proofState(project), trialFolder(project)]) {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Where a proof keeps the volumes of a stack that it brought up itself. */
function proofState({ directories, compose }: Project): string {
  return join(directories.state, "proof", compose.name);
}

/**
 * The stack as the Compose file declares it, with the images that were built. Makes missing secrets.
 * @param stateRoot absolute; where runc's volumes are kept below it
 */
export async function stackSpec(built: Built, stateRoot: string): Promise<StackSpec> {
  const { compose, host } = built.project;
  if (host.engine === "runc") {
    requireBuiltIn(compose);
    const { unable } = await (await host.runtime()).engine.facts();
    if (unable.has("network")) requireOnePod(compose);
  }
  await ensureSecrets(compose);
  await ensureBindSources(compose);
  const services = built.services.map(({ service, image, accounts, groups, command }) => {
    const declared = compose.services.get(service);
    if (declared === undefined) throw new TypeError(`expected service ${service} in the project, found none`);
    const started = toContainer(declared, { project: compose, image, accounts, groups, stateRoot });
    if (command === undefined) return started;
    return { ...started, container: { ...started.container, argv: command(started.container.argv) } };
  });
  return {
    project: compose.name,
    files: compose.files,
    services,
    networks: stackNetworks(compose),
    volumes: stackVolumes(compose),
  };
}

/** As another tool started it: with the engine's own seccomp profile where the file says nothing. */
export function withEngineSeccomp(spec: StackSpec): StackSpec {
  const services = spec.services.map((service): StackService => {
    const { container } = service;
    return container.seccomp === "default"
      ? { ...service, container: { ...container, seccomp: "engine" } }
      : service;
  });
  return { ...spec, services };
}

/** The same stack with volumes of its own: a proof neither reads nor leaves data. */
export function withOwnVolumes(spec: StackSpec, project: Project): StackSpec {
  const owner = proofName(project.compose.name);
  const own = (name: string): string => `${owner}_${name}`;
  const mountOf = (mount: Mount): Mount =>
    mount.kind === "volume"
      ? { ...mount, name: own(mount.name), source: join(proofState(project), own(mount.name)) }
      : mount;
  return {
    ...spec,
    services: spec.services.map((service) => ({
      ...service,
      container: { ...service.container, mounts: service.container.mounts.map(mountOf) },
    })),
    volumes: new Map([...spec.volumes].map(([key, { name }]) => [key, { name: own(name), external: false }])),
  };
}
