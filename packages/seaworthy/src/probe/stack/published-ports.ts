/** A service answers on this machine where it is declared to, and for this machine only. */
import type { Attempt, Finding, Step } from "@seaworthy/evidence";
import type { StackService } from "../../engine/stack-service.ts";
import { reach } from "../../net/reach.ts";
import { isListenedToBy } from "./listeners.ts";
import { conclude, type StackClaim, type StackScene } from "./scene.ts";

const CLAIM: StackClaim = {
  control: "published-ports",
  claim: {
    en: "The service is published exactly as declared, and on this machine's loopback only",
    ru: "Служба опубликована ровно так, как описано, и только для самой этой машины",
  },
  key: "ports",
  fix: {
    en: 'ports: ["127.0.0.1:8000:8000"], or no ports at all',
    ru: 'ports: ["127.0.0.1:8000:8000"] или без ports',
  },
};

/** Also this machine; but a port bound to 127.0.0.1 alone does not answer here, and one bound to every address does. */
const ANOTHER_ADDRESS = "127.0.0.2";

export async function provePublishedPorts(scene: StackScene, service: StackService): Promise<Finding> {
  const hardened = await attackLive(scene, service);
  const spare = scene.double.port(service.container.name);
  const twin = spare === undefined ? undefined : await attackDouble(spare);
  return conclude(scene, service, CLAIM, hardened, hardened.outcome === "refused" ? twin : undefined, {
    en: `published on ${ANOTHER_ADDRESS} too`,
    ru: `опубликована ещё и на ${ANOTHER_ADDRESS}`,
  });
}

async function attackLive(scene: StackScene, { container, ports }: StackService): Promise<Attempt> {
  const supervisor = scene.state.supervisor.pid;
  const declared = ports.map(({ address, published }) => ({
    address: ANOTHER_ADDRESS,
    port: published,
    declared: address,
  }));
  const inside = container.image.config.exposedPorts.map((port) => Number.parseInt(port, 10));
  const undeclared = inside
    .filter((port) => !ports.some(({ published }) => published === port))
    .map((port) => ({ address: "127.0.0.1", port, declared: undefined }));
  const steps: Step[] = [];
  const reached: string[] = [];
  for (const { address, port } of [...declared, ...undeclared]) {
    const { errno } = await reach(address, port);
    const ours = errno === undefined && (await isListenedToBy(supervisor, port));
    if (ours) reached.push(`${address}:${port}`);
    steps.push({
      did: `connect(${address}:${port})`,
      saw: errno ?? (ours ? "connected" : "connected, to a program that is not of this stack"),
    });
  }
  if (container.network === "host") reached.push("every address of the host, whose network it shares");
  if (steps.length === 0 && reached.length === 0) {
    return {
      outcome: "absent",
      summary: { en: "the service has no port", ru: "у службы нет портов" },
      steps,
    };
  }
  if (reached.length === 0) {
    return {
      outcome: "refused",
      summary: {
        en: "nothing answers where nothing is declared",
        ru: "там, где ничего не объявлено, никто не отвечает",
      },
      steps,
    };
  }
  return {
    outcome: "breached",
    summary: {
      en: `answers at ${reached.join(", ")}: open to other machines`,
      ru: `отвечает на ${reached.join(", ")}: доступна другим машинам`,
    },
    steps,
  };
}

async function attackDouble({
  address,
  published,
}: {
  readonly address: string;
  readonly published: number;
}): Promise<Attempt> {
  const { errno } = await reach(address, published);
  const steps = [{ did: `connect(${address}:${published})`, saw: errno ?? "connected" }];
  if (errno === undefined)
    return {
      outcome: "breached",
      summary: { en: `answers at ${address}`, ru: `отвечает на ${address}` },
      steps,
    };
  return {
    outcome: "refused",
    summary: { en: `does not answer at ${address}`, ru: `не отвечает на ${address}` },
    steps,
  };
}
