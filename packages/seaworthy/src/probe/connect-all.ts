/** Connections to many places at once, from wherever a trampoline stands. Nothing is said on any of them. */
import { setTimeout as delay } from "node:timers/promises";
import type { OwnAddress } from "../net/own-addresses.ts";
import type { CallResult, Trampoline } from "../trampoline/client.ts";
import { failedWith, outcomeOf, succeeded } from "./attacker.ts";
import { AF_INET, AF_INET6, socketAddress } from "./socket-address.ts";

/** Where somebody may listen. */
export interface Place {
  readonly address: OwnAddress;
  readonly port: number;
}

export interface TriedPlace {
  readonly address: string;
  readonly port: number;
  /** `connected`, an errno, or `no answer`. */
  readonly saw: string;
}

/** What a connection that was made is written down as. */
export const CONNECTED = "connected";

const SOCK_STREAM = 1;
const SOCK_NONBLOCK = 0o4000;
/** In milliseconds; a neighbour on the same machine answers in less than one. */
const PATIENCE = 1000;

/** Begins with all of them and then waits once: what a packet filter swallows gives no answer at all. */
export async function connectAll(
  call: Trampoline["call"],
  places: readonly Place[],
): Promise<readonly TriedPlace[]> {
  const begun = [];
  for (const { address, port } of places) {
    const family = address.bytes.length === 4 ? AF_INET : AF_INET6;
    const made = await call("socket", [family, SOCK_STREAM | SOCK_NONBLOCK, 0]);
    const where = socketAddress(address.bytes, port);
    const again = (): Promise<CallResult> =>
      succeeded(made) ? call("connect", [made.value, where, where.length]) : Promise.resolve(made);
    begun.push({ address: address.text, port, made, again, saw: await again() });
  }
  for (const deadline = Date.now() + PATIENCE; begun.some(isUnderWay) && Date.now() < deadline; ) {
    await delay(20);
    for (const one of begun.filter(isUnderWay)) one.saw = await one.again();
  }
  for (const { made } of begun) if (succeeded(made)) await call("close", [made.value]);
  return begun.map(({ address, port, saw }) => ({ address, port, saw: inWords(saw) }));
}

/** connect(2), asked again of a socket that does not block: EALREADY until it is EISCONN, or the error. */
function isUnderWay({ saw }: { readonly saw: CallResult }): boolean {
  return failedWith(saw, "EINPROGRESS", "EALREADY");
}

function inWords(saw: CallResult): string {
  if (isUnderWay({ saw })) return "no answer";
  return succeeded(saw) || failedWith(saw, "EISCONN") ? CONNECTED : outcomeOf(saw);
}
