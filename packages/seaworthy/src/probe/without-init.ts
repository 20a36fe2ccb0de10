/** A double whose first process is the prover's own program: an init in front of it would hear its signals, and wait for its children. */
import type { Container } from "../engine/container.ts";

/** Said, not left out: an engine may have been told to put one in front of whoever says nothing. */
export function withoutInit(container: Container): Container {
  return { ...container, extras: { ...container.extras, init: false } };
}
