/** A double whose first process is the prover's own program: an init in front of it would hear its signals, and wait for its children. */
import type { Container } from "../engine/container.ts";

export function withoutInit(container: Container): Container {
  if (container.extras?.init === undefined) return container;
  const { init: _, ...extras } = container.extras;
  return { ...container, extras };
}
