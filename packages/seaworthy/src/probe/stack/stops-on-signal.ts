/** A service that hears its stop signal finishes its work; one that does not is killed in the middle of it. */
import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Attempt, Finding } from "@seaworthy/evidence";
import type { StackService } from "../../engine/stack-service.ts";
import { TRAMPOLINE_X64 } from "../trampoline/trampoline-x64.ts";
import { conclude, type StackClaim, type StackScene } from "./scene.ts";

const CLAIM: StackClaim = {
  control: "stops-on-signal",
  claim: {
    en: "The service ends by itself, with exit code 0, when it is told to",
    ru: "По сигналу остановки служба завершается сама, с кодом 0",
  },
  key: "stop_grace_period",
  fix: {
    en: "handle the stop signal in the first process, or set init",
    ru: "обработайте сигнал остановки в первом процессе",
  },
};
/** A process that ignores a signal ignores it at once. */
const PATIENCE = 700;

export async function proveStops(scene: StackScene, service: StackService): Promise<Finding> {
  const hardened = await stopDouble(scene, service);
  const twin = hardened.outcome === "refused" ? await stopIdle(scene, service) : undefined;
  return conclude(scene, service, CLAIM, hardened, twin, {
    en: "the first process has no handler for the signal",
    ru: "у первого процесса нет обработчика сигнала",
  });
}

async function stopDouble({ double }: StackScene, { container }: StackService): Promise<Attempt> {
  const problem = double.problem(container.name);
  if (problem !== undefined)
    return {
      outcome: "unable",
      summary: { en: `its double is not up: ${problem}`, ru: `дубль не запустился: ${problem}` },
      steps: [],
    };
  const { code, signal, took, late } = await double.stop(container.name);
  const steps = [
    {
      did: `${container.stopSignal} to the first process`,
      saw: `${late ? "killed" : (signal ?? `exit ${code}`)} after ${took} ms`,
    },
  ];
  if (late) {
    return {
      outcome: "breached",
      summary: {
        en: `still there after ${container.stopGrace / 1000} s`,
        ru: `не завершилась за ${container.stopGrace / 1000} с`,
      },
      steps,
    };
  }
  if (code === 0)
    return {
      outcome: "refused",
      summary: { en: `exit 0 after ${took} ms`, ru: `код 0 через ${took} мс` },
      steps,
    };
  return {
    outcome: "breached",
    summary: {
      en: `ended with ${signal ?? `exit code ${code}`}`,
      ru: `завершилась: ${signal ?? `код ${code}`}`,
    },
    steps,
  };
}

async function stopIdle({ engine }: StackScene, { container }: StackService): Promise<Attempt> {
  const idle = `/.seaworthy-${randomBytes(8).toString("hex")}`;
  const mounts = container.mounts.filter((mount) => mount.kind !== "volume");
  await using running = await engine.start(
    { ...container, argv: [idle], mounts },
    {
      network: { kind: "private" },
      plant: [{ path: idle, content: TRAMPOLINE_X64, mode: 0o755, uid: 0, gid: 0 }],
    },
  );
  await running.kill(container.stopSignal);
  const ended = await Promise.race([running.exited.then(() => true), delay(PATIENCE, false)]);
  const steps = [
    {
      did: `${container.stopSignal} to the first process`,
      saw: ended ? "ended" : `still there after ${PATIENCE} ms`,
    },
  ];
  if (ended)
    return {
      outcome: "refused",
      summary: { en: "it ended all the same", ru: "процесс всё равно завершился" },
      steps,
    };
  return { outcome: "breached", summary: { en: "it had to be killed", ru: "процесс пришлось убить" }, steps };
}
