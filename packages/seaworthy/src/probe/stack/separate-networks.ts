/** What the file puts into different networks is kept apart: nobody but those of its own networks gets through to a service. */
import type { Attempt, Finding, ReportReach, Step } from "@seaworthy/evidence";
import type { StackService } from "../../engine/stack-service.ts";
import { separateNetworks } from "../../posture/stack-claims/separate-networks.ts";
import { CONNECTED } from "../connect-all.ts";
import { connectFrom, placesOf } from "./measure-reach.ts";
import { attempt, conclude, type StackScene } from "./scene.ts";

/** @returns `undefined` for a service that shares a network with every other one: nothing is to be kept apart */
export async function proveSeparateNetworks(
  scene: StackScene,
  service: StackService,
  measured: readonly ReportReach[],
): Promise<Finding | undefined> {
  const apart = measured.filter(
    ({ from, to, declared }) => from !== undefined && to === service.container.name && !declared,
  );
  const [first] = apart;
  if (first === undefined) return undefined;
  const hardened = judgeReach(apart);
  const stranger = scene.services.find(({ container }) => container.name === first.from);
  const twin =
    hardened.outcome === "refused" && stranger !== undefined
      ? await fromItsOwnPlace(scene, service, stranger)
      : undefined;
  return conclude(scene, service, separateNetworks, hardened, twin, {
    en: `${first.from} in the network of ${first.to}`,
    ru: `${first.from} в сети службы ${first.to}`,
  });
}

/** Of strangers that tried one service. One that got through is enough. */
export function judgeReach(apart: readonly ReportReach[]): Attempt {
  const steps = apart.flatMap(stepsOf);
  const through = apart.find(({ tried }) => tried.some(({ saw }) => saw === CONNECTED));
  if (through !== undefined) {
    const { from, tried } = through;
    const { address, port } = tried.find(({ saw }) => saw === CONNECTED) ?? { address: "", port: 0 };
    return attempt(
      "breached",
      `${from} got through to ${address}:${port}`,
      `${from} дотянулась до ${address}:${port}`,
      steps,
    );
  }
  const problem = apart.find((row) => row.problem !== undefined)?.problem;
  if (problem !== undefined) return attempt("unable", problem.en, problem.ru, steps);
  if (steps.length === 0)
    return attempt("absent", "it listens to no other machine", "она не слушает других машин");
  const names = [...new Set(apart.map(({ from }) => from))].join(", ");
  return attempt("refused", `out of reach of ${names}`, `недоступна для ${names}`, steps);
}

async function fromItsOwnPlace(
  scene: StackScene,
  service: StackService,
  stranger: StackService,
): Promise<Attempt> {
  const places = await placesOf(scene, service);
  const tried = "en" in places ? places : await connectFrom(scene, stranger, service, places);
  const row = { from: stranger.container.name, to: service.container.name, declared: false };
  return judgeReach(["en" in tried ? { ...row, tried: [], problem: tried } : { ...row, tried }]);
}

function stepsOf({ from, tried }: ReportReach): readonly Step[] {
  return tried.map(({ address, port, saw }) => ({ did: `${from}: connect to ${address}:${port}`, saw }));
}
