/** A database or cache is for the stack's own services: from the host, nobody gets as far as being asked for a password. */
import type { Attempt, Finding, Step } from "@seaworthy/evidence";
import type { StackService } from "../../engine/stack-service.ts";
import { reach } from "../../net/reach.ts";
import { isListenedToBy } from "./listeners.ts";
import { conclude, type Role, type StackClaim, type StackScene } from "./scene.ts";

const CLAIM: StackClaim = {
  control: "datastore-unreachable",
  claim: {
    en: "The data store cannot be reached from the host",
    ru: "Хранилище данных недоступно с хоста",
  },
  key: "ports",
  fix: { en: "remove ports", ru: "уберите ports" },
};

interface Greeting {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** What an answer says, in one clause. */
  read(answer: string): string;
}

const GREETINGS: Readonly<Record<Exclude<Role, "app">, Greeting>> = {
  // PostgreSQL protocol 3.0, SSLRequest: the server says S or N.
  postgres: {
    name: "PostgreSQL",
    bytes: Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]),
    read: (answer) => (answer === "S" || answer === "N" ? "takes logins" : "answers"),
  },
  redis: {
    name: "Redis",
    bytes: Buffer.from("PING\r\n"),
    read: (answer) => `says ${answer.split("\r\n")[0]}`,
  },
};

/** For services that hold data; `undefined` for others. */
export async function proveUnreachable(
  scene: StackScene,
  service: StackService,
): Promise<Finding | undefined> {
  const role = scene.role(service.container.name);
  if (role === "app") return undefined;
  const greeting = GREETINGS[role];
  const ports = new Set([
    ...service.ports.map(({ published }) => published),
    ...service.container.image.config.exposedPorts.map((port) => Number.parseInt(port, 10)),
  ]);
  const supervisor = scene.state.supervisor.pid;
  const hardened = await attack(
    [...ports].map((port) => ["127.0.0.1", port]),
    greeting,
    (port) => isListenedToBy(supervisor, port),
  );
  const spare = scene.double.port(service.container.name);
  const twin =
    hardened.outcome !== "refused" || spare === undefined
      ? undefined
      : await attack([[spare.address, spare.published]], greeting, () => Promise.resolve(true));
  return conclude(scene, service, CLAIM, hardened, twin, {
    en: "published on 127.0.0.2",
    ru: "опубликовано на 127.0.0.2",
  });
}

async function attack(
  places: readonly (readonly [address: string, port: number])[],
  greeting: Greeting,
  isOurs: (port: number) => Promise<boolean>,
): Promise<Attempt> {
  const steps: Step[] = [];
  for (const [address, port] of places) {
    const { errno, answer } = await reach(address, port, greeting.bytes);
    const ours = errno === undefined && (await isOurs(port));
    const saw =
      errno ??
      (ours
        ? greeting.read(Buffer.from(answer).toString("latin1"))
        : "answered by a program that is not of this stack");
    steps.push({ did: `greet ${greeting.name} at ${address}:${port}`, saw });
    if (!ours) continue;
    const where = `${greeting.name} at ${address}:${port}`;
    return {
      outcome: "breached",
      summary: { en: `reached ${where}, which ${saw}`, ru: `достигнут ${where}` },
      steps,
    };
  }
  return { outcome: "refused", summary: { en: "no answer from it", ru: "ответа нет" }, steps };
}
