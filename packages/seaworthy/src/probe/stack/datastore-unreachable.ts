/** A database or cache is for the stack's own services: from the host, nobody gets as far as being asked for a password. */
import type { Attempt, Finding, Step } from "@seaworthy/evidence";
import type { StackService } from "../../engine/stack-service.ts";
import { reach } from "../../net/reach.ts";
import { datastoreUnreachable } from "../../posture/stack-claims/datastore-unreachable.ts";
import { type Exposure, exposureOf, SECOND_LOOPBACK } from "./exposure.ts";
import { GREETINGS, type Greeting } from "./greetings.ts";
import { attempt, conclude, type StackScene } from "./scene.ts";

/** For services that hold data; `undefined` for others. */
export async function proveUnreachable(
  scene: StackScene,
  service: StackService,
): Promise<Finding | undefined> {
  const role = scene.role(service.container.name);
  if (role === "app") return undefined;
  const hardened = await greetLive(GREETINGS[role], await exposureOf(scene, service));
  const twin =
    hardened.outcome === "refused" ? await greetDouble(scene, service, GREETINGS[role]) : undefined;
  return conclude(scene, service, datastoreUnreachable, hardened, twin, {
    en: `published on ${SECOND_LOOPBACK}`,
    ru: `опубликовано на ${SECOND_LOOPBACK}`,
  });
}

/** Any connection to it is a breach, whatever it answers. */
export async function greetLive(greeting: Greeting, exposure: Exposure): Promise<Attempt> {
  const steps: Step[] = [];
  for (const { address, port } of exposure.places) {
    const { errno, answer } = await reach(address, port, greeting.bytes);
    const ours = exposure.isOurs(address, port);
    const read = greeting.read(Buffer.from(answer).toString("latin1"));
    const foreign = "answered by a program that is not of this stack";
    steps.push({
      did: `greet ${greeting.name} at ${address}:${port}`,
      saw: errno ?? (ours ? read.en : foreign),
    });
    if (errno !== undefined || !ours) continue;
    const where = `${greeting.name} at ${address}:${port}`;
    return attempt(
      "breached",
      `reached ${where}, which ${read.en}`,
      `достигнут ${greeting.name} на ${address}:${port}: ${read.ru}`,
      steps,
    );
  }
  const [open] = exposure.open;
  if (open === undefined) return attempt("refused", "no answer from it", "ответа нет", steps);
  const where = `${open.address}:${open.port}`;
  steps.push({ did: "look for listeners in /proc/net/tcp", saw: `LISTEN ${where}` });
  return attempt(
    "breached",
    `${greeting.name} listens at ${where}, open to other machines`,
    `${greeting.name} слушает на ${where} и доступен другим машинам`,
    steps,
  );
}

async function greetDouble(
  scene: StackScene,
  { container }: StackService,
  greeting: Greeting,
): Promise<Attempt> {
  const spare = scene.double.port(container.name);
  if (spare === undefined) return attempt("unable", "it has no port to publish", "у него нет портов");
  const { address, published } = spare;
  const { errno, answer } = await reach(address, published, greeting.bytes);
  const read = greeting.read(Buffer.from(answer).toString("latin1"));
  const did = `greet ${greeting.name} at ${address}:${published}`;
  if (errno === undefined && answer.length > 0) {
    return attempt(
      "breached",
      `reached ${greeting.name} at ${address}:${published}, which ${read.en}`,
      `достигнут ${greeting.name} на ${address}:${published}: ${read.ru}`,
      [{ did, saw: read.en }],
    );
  }
  const why = scene.double.problem(container.name) ?? errno ?? read.en;
  return attempt("unable", why, why, [{ did, saw: errno ?? read.en }]);
}
