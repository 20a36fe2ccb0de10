/** Looks at what every process of a live service listens on: nothing, for others, but what is declared. */
import type { Attempt, Finding, Step } from "@seaworthy/evidence";
import { declaredPorts, type ExposedPorts } from "../../engine/exposed-ports.ts";
import type { StackService } from "../../engine/stack-service.ts";
import { isLoopback, listeningSockets } from "../../net/listeners.ts";
import { declaredListeners } from "../../posture/stack-claims/declared-listeners.ts";
import { processesOf } from "../../stack/processes.ts";
import type { Trampoline } from "../../trampoline/client.ts";
import { outcomeOf, succeeded } from "../attacker.ts";
import { AF_INET, socketAddress } from "../socket-address.ts";
import { inIdle, withoutOwnProfile } from "./idle.ts";
import { attempt, conclude, firstProcess, type StackScene } from "./scene.ts";

interface Listener {
  readonly address: string;
  readonly port: number;
  readonly protocol: "tcp" | "udp";
}

export async function proveDeclaredListeners(scene: StackScene, service: StackService): Promise<Finding> {
  const declared = declaredPorts(service);
  const first = await firstProcess(scene, service);
  const hardened = typeof first === "number" ? judgeListeners(await listenersOf(first), declared) : first;
  const port = undeclaredPort(declared);
  const twin =
    hardened.outcome === "refused"
      ? await inIdle(scene, withoutOwnProfile(service.container), async ({ pid }, { call }) => {
          const problem = await listenAt(call, port);
          return problem ?? judgeListeners(await listenersOf(pid), declared, 2);
        })
      : undefined;
  return conclude(scene, service, declaredListeners, hardened, twin, {
    en: `a program that listens on ${port}/tcp and ${port}/udp`,
    ru: `программа, которая слушает ${port}/tcp и ${port}/udp`,
  });
}

/**
 * From here on the kernel gives ports to whoever asks for none: a datagram socket there is a client's.
 * @see {@link https://docs.kernel.org/networking/ip-sysctl.html} `ip_local_port_range`
 */
const FIRST_EPHEMERAL = 32_768;

async function listenersOf(pid: number): Promise<readonly Listener[]> {
  const holders = await processesOf(pid);
  const [tcp, udp] = await Promise.all([
    listeningSockets(pid, holders, "tcp"),
    listeningSockets(pid, holders, "udp"),
  ]);
  return [
    ...tcp.map((one) => ({ ...one, protocol: "tcp" as const })),
    ...udp.filter(({ port }) => port < FIRST_EPHEMERAL).map((one) => ({ ...one, protocol: "udp" as const })),
  ];
}

/** Loopback is for the container alone. @param enough so many that are not declared are a breach */
export function judgeListeners(
  listeners: readonly Listener[],
  declared: readonly ExposedPorts[],
  enough: number = 1,
): Attempt {
  const seen = listeners.map((one) => ({
    ...one,
    place: `${one.address.includes(":") ? `[${one.address}]` : one.address}:${one.port}/${one.protocol}`,
    isWrong: !isLoopback(one.address) && !isDeclared(one, declared),
  }));
  const steps = seen.map(
    ({ place, protocol }): Step => ({
      did: `looked into /proc/PID/net/${protocol} and ${protocol}6`,
      saw: `listens at ${place}`,
    }),
  );
  const wrong = seen.filter(({ isWrong }) => isWrong).map(({ place }) => place);
  if (wrong.length >= enough) {
    const where = wrong.join(", ");
    return attempt("breached", `listens at ${where}, undeclared`, `слушает ${where} без описания`, steps);
  }
  if (seen.length === 0) return attempt("refused", "it listens nowhere", "она не слушает ничего", steps);
  const where = seen.map(({ place }) => place).join(", ");
  return attempt("refused", `listens at ${where} only`, `слушает только ${where}`, steps);
}

function isDeclared({ port, protocol }: Listener, declared: readonly ExposedPorts[]): boolean {
  return declared.some((one) => one.protocol === protocol && one.from <= port && port <= one.to);
}

/** The highest below those that the kernel gives away, so that both kinds of sockets are seen there. */
function undeclaredPort(declared: readonly ExposedPorts[]): number {
  let port = FIRST_EPHEMERAL - 1;
  while (declared.some(({ from, to }) => from <= port && port <= to)) port--;
  return port;
}

const SOCK_STREAM = 1;
const SOCK_DGRAM = 2;
const EVERY_ADDRESS = [0, 0, 0, 0];

/** @returns why it could not, when it could not */
async function listenAt(call: Trampoline["call"], port: number): Promise<Attempt | undefined> {
  const address = socketAddress(EVERY_ADDRESS, port);
  for (const kind of [SOCK_STREAM, SOCK_DGRAM]) {
    const made = await call("socket", [AF_INET, kind, 0]);
    const bound = succeeded(made) ? await call("bind", [made.value, address, address.length]) : made;
    const waits =
      succeeded(made) && succeeded(bound) && kind === SOCK_STREAM
        ? await call("listen", [made.value, 1])
        : bound;
    if (succeeded(waits)) continue;
    const problem = `could not listen: ${outcomeOf(waits)}`;
    return attempt("unable", problem, problem);
  }
  return undefined;
}
