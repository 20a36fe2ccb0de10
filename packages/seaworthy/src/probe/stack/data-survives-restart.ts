/** What was stored is there after a restart: written and read through the data store itself, in the double. */
import { randomBytes } from "node:crypto";
import type { Attempt, Finding, Step, Text } from "@seaworthy/evidence";
import type { StackService } from "../../engine/stack-service.ts";
import { dataSurvivesRestart } from "../../posture/stack-claims/data-survives-restart.ts";
import { type Answer, type DataStore, dataStoreOf, patiently } from "./data-stores.ts";
import { attempt, conclude, notUp, type StackScene } from "./scene.ts";

const LOOSENED: Text = { en: "its volume is gone after the restart", ru: "после перезапуска том пропал" };

/** For data stores and for services with a volume; `undefined` for others. */
export async function proveDataSurvives(
  scene: StackScene,
  service: StackService,
): Promise<Finding | undefined> {
  const { name } = service.container;
  const role = scene.role(name);
  if (role === "app" && scene.double.volumes(name).length === 0) return undefined;
  if (role === "redis" && scene.double.volumes(name).length === 0) {
    const absent = attempt(
      "absent",
      "a cache without a volume promises to keep nothing",
      "кэш без тома ничего хранить не обещает",
    );
    return conclude(scene, service, dataSurvivesRestart, absent, undefined, LOOSENED);
  }
  const { hardened, twin } = await attemptBoth(scene, name, await dataStoreOf(role, service, scene.double));
  return conclude(scene, service, dataSurvivesRestart, hardened, twin, LOOSENED);
}

async function attemptBoth(
  scene: StackScene,
  name: string,
  store: DataStore,
): Promise<{ readonly hardened: Attempt; readonly twin: Attempt | undefined }> {
  const unable = notUp(scene, name);
  if (unable !== undefined) return { hardened: unable, twin: undefined };
  const value = randomBytes(8).toString("hex");
  const written = await patiently(scene, () => store.write(value));
  const steps = [{ did: `store ${value}`, saw: written.kind === "yes" ? "stored" : written.text }];
  if (written.kind !== "yes") {
    const summary = [
      `nothing could be stored: ${written.text}`,
      `записать не удалось: ${written.text}`,
    ] as const;
    return { hardened: attempt("unable", ...summary, steps), twin: undefined };
  }
  const hardened = await restartAndRead(scene, name, store, value, steps);
  if (hardened.outcome !== "refused" || scene.double.volumes(name).length === 0)
    return { hardened, twin: undefined };
  await scene.double.loseVolumes(name);
  const twin = await readBack(scene, store, value, [
    { did: "stop, take its volumes away, and start", saw: "done" },
  ]);
  return { hardened, twin };
}

async function restartAndRead(
  scene: StackScene,
  name: string,
  store: DataStore,
  value: string,
  before: readonly Step[],
): Promise<Attempt> {
  const stopped = await scene.double.stop(name);
  const saw = stopped === undefined ? "it had ended" : `stopped after ${stopped.took} ms`;
  return await readBack(scene, store, value, [...before, { did: "stop and start", saw }]);
}

async function readBack(
  scene: StackScene,
  store: DataStore,
  value: string,
  before: readonly Step[],
): Promise<Attempt> {
  const answer = await patiently(scene, () => store.read());
  const saw = answer.text === "" ? "nothing" : answer.text;
  return judgeRead(answer, value, [...before, { did: "read it back", saw }]);
}

/** A store that does not answer has not lost anything: only one that answers without the value has. */
export function judgeRead(answer: Answer, value: string, steps: readonly Step[]): Attempt {
  if (answer.kind !== "yes") {
    const { text } = answer;
    return attempt("unable", `it cannot be asked again: ${text}`, `прочитать не удалось: ${text}`, steps);
  }
  if (answer.text.includes(value)) return attempt("refused", "it is still there", "данные на месте", steps);
  return attempt("breached", "it is lost", "данные потеряны", steps);
}
