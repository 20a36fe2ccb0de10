/** `engine`: what runs the containers here, and what it can enforce. */
import { join } from "node:path";
import { DirectoryStore } from "../content/directory-store.ts";
import type { EngineFacts } from "../engine/engine.ts";
import { type Host, openHost } from "./host.ts";
import { openSources } from "./project.ts";
import { directoriesOf, type ProjectOptions, type VerbIo } from "./verb.ts";

export interface EngineReport {
  readonly facts: EngineFacts;
  /** An address and who named it, or a program. */
  readonly foundAt: string;
  /** The other engine, and why it is not used. */
  readonly passedOver: Host["passedOver"];
}

/** @throws Fault of verb/host.ts, and those of obtaining runc */
export async function engine(
  options: Pick<ProjectOptions, "engine" | "mirror">,
  io: VerbIo,
): Promise<EngineReport> {
  const directories = directoriesOf(io.env);
  const store = new DirectoryStore(join(directories.cache, "store"));
  const place = { directories, store, sources: openSources(store, options, io), name: "facts" };
  await using host = await openHost(place, options, io);
  const runtime = await host.runtime();
  return {
    facts: await runtime.engine.facts(),
    foundAt: await host.foundAt(),
    passedOver: host.passedOver,
  };
}
