/** A service answers on this machine where it is declared to, and for this machine only. */
import { setTimeout as delay } from "node:timers/promises";
import type { Attempt, Finding, Step } from "@seaworthy/evidence";
import type { StackService } from "../../engine/stack-service.ts";
import { reach } from "../../net/reach.ts";
import { publishedPorts } from "../../posture/stack-claims/published-ports.ts";
import { type Exposure, exposureOf, SECOND_LOOPBACK } from "./exposure.ts";
import { GREETINGS } from "./greetings.ts";
import { attempt, conclude, type StackScene } from "./scene.ts";

/** The double of a service that is not healthy is not waited for, but it may well take connections. */
const PATIENCE = 3_000;

export async function provePublishedPorts(scene: StackScene, service: StackService): Promise<Finding> {
  const hardened = await attackLive(service, await exposureOf(scene, service));
  const twin = hardened.outcome === "refused" ? await attackDouble(scene, service) : undefined;
  return conclude(scene, service, publishedPorts, hardened, twin, {
    en: `published on ${SECOND_LOOPBACK} too`,
    ru: `опубликована ещё и на ${SECOND_LOOPBACK}`,
  });
}

export async function attackLive({ container }: StackService, exposure: Exposure): Promise<Attempt> {
  const steps: Step[] = [];
  const undeclared: string[] = [];
  const silent: string[] = [];
  const answering: string[] = [];
  for (const { address, port, isDeclared } of exposure.places) {
    const { errno } = await reach(address, port);
    const ours = errno === undefined && exposure.isOurs(address, port);
    if (ours) (isDeclared ? answering : undeclared).push(`${address}:${port}`);
    else if (isDeclared) silent.push(`${address}:${port}`);
    steps.push({
      did: `connect(${address}:${port})`,
      saw: errno ?? (ours ? "connected" : "connected, to a program that is not of this stack"),
    });
  }
  const open = exposure.open.map(({ address, port }) => `${address}:${port}`);
  steps.push(
    ...open.map((place) => ({ did: "look for listeners in /proc/net/tcp", saw: `LISTEN ${place}` })),
  );
  if (container.network === "host") open.push("every address of the host, whose network it shares");

  if (open.length > 0) {
    const where = open.join(", ");
    return attempt(
      "breached",
      `answers at ${where}: open to other machines`,
      `отвечает на ${where}: доступна другим машинам`,
      steps,
    );
  }
  if (undeclared.length > 0) {
    const where = undeclared.join(", ");
    return attempt("breached", `answers at ${where}, undeclared`, `отвечает на ${where} без описания`, steps);
  }
  if (silent.length > 0) {
    const where = silent.join(", ");
    return attempt(
      "breached",
      `does not answer at ${where}, where it is declared`,
      `не отвечает на ${where}, где описана`,
      steps,
    );
  }
  if (steps.length === 0) return attempt("absent", "the service has no port", "у службы нет портов");
  if (answering.length === 0)
    return attempt("refused", "nothing answers on the host", "на хосте никто не отвечает", steps);
  const where = answering.join(", ");
  return attempt("refused", `answers only at ${where}`, `отвечает только на ${where}`, steps);
}

async function attackDouble(scene: StackScene, { container }: StackService): Promise<Attempt> {
  const spare = scene.double.port(container.name);
  if (spare === undefined) return attempt("unable", "it has no port to publish", "у него нет портов");
  const { address, published } = spare;
  const { bytes } = GREETINGS[scene.role(container.name)];
  const deadline = Date.now() + PATIENCE;
  let errno: string | undefined;
  do {
    scene.signal?.throwIfAborted();
    ({ errno } = await reach(address, published, bytes));
    if (errno !== undefined) await delay(200);
  } while (errno !== undefined && Date.now() < deadline);
  const steps = [{ did: `connect(${address}:${published})`, saw: errno ?? "connected" }];
  if (errno === undefined)
    return attempt("breached", `answers at ${address}`, `отвечает на ${address}`, steps);
  const problem = scene.double.problem(container.name);
  if (problem !== undefined) return attempt("unable", problem, problem, steps);
  return attempt("refused", `does not answer at ${address}`, `не отвечает на ${address}`, steps);
}
