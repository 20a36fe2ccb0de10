/** `engine`: what runs the containers here, and what it can enforce. */
import { join } from "node:path";
import { DirectoryStore } from "../content/directory-store.ts";
import type { EngineFacts } from "../engine/engine.ts";
import { openSources } from "./project.ts";
import { engineTools } from "./running-stack.ts";
import { directoriesOf, type VerbIo } from "./verb.ts";

/** @throws Fault `engine/not-root`, and those of obtaining runc */
export async function engine(
  options: { readonly mirror?: string | undefined },
  io: VerbIo,
): Promise<EngineFacts> {
  const directories = directoriesOf(io.env);
  const store = new DirectoryStore(join(directories.cache, "store"));
  const tools = await engineTools(
    { directories, store, sources: openSources(store, options, io), name: "facts" },
    io,
  );
  return await tools.engine.facts();
}
