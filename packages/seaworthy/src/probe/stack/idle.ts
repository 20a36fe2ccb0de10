/** The twin in which the service does not run: the same container, whose first process only waits. */
import { randomBytes } from "node:crypto";
import type { Attempt } from "@seaworthy/evidence";
import type { Container, Mount } from "../../engine/container.ts";
import type { PlantedFile, Running } from "../../engine/engine.ts";
import { Fault } from "../../fault/fault.ts";
import { trampoline, UnableError } from "../../trampoline/client.ts";
import { TRAMPOLINE_X64 } from "../../trampoline/trampoline-x64.ts";
import { attempt, type StackScene } from "./scene.ts";

/** Starts it in an empty network for one attempt. That it cannot be started is an outcome, not an error. */
export async function inIdle(
  scene: StackScene,
  container: Container,
  act: (running: Running) => Promise<Attempt>,
): Promise<Attempt> {
  const idle = `/.seaworthy-${randomBytes(8).toString("hex")}`;
  const plant = [{ path: idle, content: TRAMPOLINE_X64, mode: 0o755, uid: 0, gid: 0 }];
  return await inOwnNetwork(
    scene,
    { ...container, argv: [idle] },
    async (running) => {
      // Until it answers, the engine's own first process may stand in its place, and that one hears signals.
      await trampoline(running).call("getuid");
      return await act(running);
    },
    plant,
  );
}

/** The same with another first process, which the container says. */
export async function inOwnNetwork(
  { runtime, signal }: StackScene,
  container: Container,
  act: (running: Running) => Promise<Attempt>,
  plant: readonly PlantedFile[] = [],
): Promise<Attempt> {
  try {
    await using running = await runtime.engine.start(
      { ...container, mounts: container.mounts.flatMap(harmless) },
      { network: { kind: "private" }, plant, ...(signal === undefined ? {} : { signal }) },
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
