/** The twin in which the service does not run: the same container, whose first process only waits. */
import { randomBytes } from "node:crypto";
import type { Attempt } from "@seaworthy/evidence";
import type { Container, Mount } from "../../engine/container.ts";
import type { Running, StartOptions } from "../../engine/engine.ts";
import { Fault } from "../../fault/fault.ts";
import { type Trampoline, trampoline, UnableError } from "../../trampoline/client.ts";
import { TRAMPOLINE_X64 } from "../../trampoline/trampoline-x64.ts";
import { withoutInit } from "../without-init.ts";
import { attempt, type StackScene } from "./scene.ts";

type IdleScene = Pick<StackScene, "runtime" | "signal">;

/** Starts it for one attempt, in an empty network if none is named. That it cannot be started is an outcome, not an error. */
export async function inIdle(
  scene: IdleScene,
  container: Container,
  act: (running: Running, first: Trampoline) => Promise<Attempt>,
  network: StartOptions["network"] = { kind: "private" },
): Promise<Attempt> {
  const idle = `/.seaworthy-${randomBytes(8).toString("hex")}`;
  const plant = [{ path: idle, content: TRAMPOLINE_X64, mode: 0o755, uid: 0, gid: 0 }];
  return await startedFor(scene, { ...container, argv: [idle] }, { network, plant }, async (running) => {
    // Until it answers, the engine's own first process may stand in its place, and that one hears signals.
    const first = trampoline(running);
    await first.call("getuid");
    return await act(running, first);
  });
}

/** The same in an empty network, with another first process, which the container says. */
export async function inOwnNetwork(
  scene: IdleScene,
  container: Container,
  act: (running: Running) => Promise<Attempt>,
): Promise<Attempt> {
  return await startedFor(scene, container, { network: { kind: "private" } }, act);
}

/** For calls that a service need not make: a filter that was learned from it would refuse them, and that says nothing of what they would find. */
export function withoutOwnProfile(container: Container): Container {
  const { seccompProfile: _, ...extras } = container.extras ?? {};
  return { ...container, extras };
}

async function startedFor(
  { runtime, signal }: IdleScene,
  container: Container,
  options: StartOptions,
  act: (running: Running) => Promise<Attempt>,
): Promise<Attempt> {
  try {
    await using running = await runtime.engine.start(
      { ...withoutInit(container), mounts: container.mounts.flatMap(harmless) },
      { ...options, ...(signal === undefined ? {} : { signal }) },
    );
    return await act(running);
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof Fault) && !(error instanceof UnableError)) throw error;
    return attempt("unable", error.message, error.message);
  }
}

/** Nothing that the live stack writes to. */
function harmless(mount: Mount): readonly Mount[] {
  if (mount.kind === "volume") return [];
  return mount.kind === "bind" ? [{ ...mount, readOnly: true }] : [mount];
}
