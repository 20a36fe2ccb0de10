/** A service that hears its stop signal finishes its work; one that does not is killed in the middle of it. */
import { setTimeout as delay } from "node:timers/promises";
import type { Attempt, Finding } from "@seaworthy/evidence";
import type { Container } from "../../engine/container.ts";
import type { StackService } from "../../engine/stack-service.ts";
import { stopsOnSignal } from "../../posture/stack-claims/stops-on-signal.ts";
import { begun } from "../../stack/begun.ts";
import { hearsStop } from "../../stack/has-handler.ts";
import type { Stopped } from "../../stack/stack-runtime.ts";
import { inIdle } from "./idle.ts";
import { attempt, conclude, isDone, notUp, type StackScene, stateOf } from "./scene.ts";
import { together } from "./together.ts";

/** A process that ignores a signal ignores it at once; the twin is given at least as long as the service took. */
const PATIENCE = 700;

/** One finding a service. Each is stopped while all others are up; the twins disturb nobody and run together. */
export async function proveStops(scene: StackScene): Promise<readonly Finding[]> {
  const stops: (readonly [StackService, Attempt | Stopped])[] = [];
  for (const service of scene.services) {
    scene.signal?.throwIfAborted();
    stops.push([service, await stopDouble(scene, service)]);
  }
  return await together(stops.map(([service, stopped]) => judgeWithTwin(scene, service, stopped)));
}

async function judgeWithTwin(
  scene: StackScene,
  service: StackService,
  stopped: Attempt | Stopped,
): Promise<Finding> {
  const { container } = service;
  const hardened = "outcome" in stopped ? stopped : judgeStop(container, stopped);
  const twin =
    hardened.outcome === "refused" && "took" in stopped
      ? await stopIdle(scene, container, Math.max(PATIENCE, stopped.took))
      : undefined;
  return conclude(scene, service, stopsOnSignal, hardened, twin, {
    en: "the first process has no handler for the signal",
    ru: "у первого процесса нет обработчика сигнала",
  });
}

async function stopDouble(scene: StackScene, service: StackService): Promise<Attempt | Stopped> {
  const { double, signal } = scene;
  const { name } = service.container;
  if (isDone(stateOf(scene, service)))
    return attempt("absent", "it ends without being told to", "завершается сама, без сигнала");
  const unable = notUp(scene, name);
  if (unable !== undefined) return unable;
  // A signal that comes before its handler is set is lost, and tells nothing of it.
  const hears = async (): Promise<boolean> => {
    const pid = double.pid(name);
    return pid !== undefined && (await hearsStop(pid, service.container));
  };
  if (service.healthCheck === undefined) await begun(hears, double.upSince, signal);
  const stopped = await double.stop(name);
  return stopped ?? attempt("unable", "its double has ended already", "дубль уже завершился");
}

export function judgeStop(
  { stopSignal, stopGrace }: Pick<Container, "stopSignal" | "stopGrace">,
  { code, signal, took, late }: Stopped,
): Attempt {
  const how = signal ?? (code === undefined ? "ended" : `exit ${code}`);
  const steps = [
    { did: `${stopSignal} to the first process`, saw: `${late ? "killed" : how} after ${took} ms` },
  ];
  const seconds = stopGrace / 1000;
  if (late)
    return attempt("breached", `still there after ${seconds} s`, `не завершилась за ${seconds} с`, steps);
  if (code === 0) return attempt("refused", `exit 0 after ${took} ms`, `код 0 через ${took} мс`, steps);
  if (code === undefined && signal === undefined)
    return attempt("unable", "its exit code is not known", "код завершения неизвестен", steps);
  return attempt(
    "breached",
    `ended with ${signal ?? `exit code ${code}`}`,
    `завершилась: ${signal ?? `код ${code}`}`,
    steps,
  );
}

async function stopIdle(scene: StackScene, container: Container, patience: number): Promise<Attempt> {
  return await inIdle(scene, container, async (running) => {
    await running.kill(container.stopSignal);
    const ended = await Promise.race([running.exited.then(() => true), delay(patience, false)]);
    const saw = ended ? "ended" : `still there after ${patience} ms`;
    const steps = [{ did: `${container.stopSignal} to the first process`, saw }];
    if (ended) return attempt("refused", "it ended all the same", "процесс всё равно завершился", steps);
    return attempt("breached", "it had to be killed", "процесс пришлось убить", steps);
  });
}
