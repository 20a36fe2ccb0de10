/** How a service shows that it works. Another that shows less does not. */
import type { PublishedPort } from "../engine/container.ts";
import { reach } from "../net/reach.ts";
import type { ServiceState } from "../stack/state.ts";
import { isDone } from "./settle.ts";

export interface Signs {
  readonly isDone: boolean;
  readonly restarts: number;
  /** By port in the container: `HTTP/1.1 200`, `open` or `closed`. */
  readonly answers: ReadonlyMap<number, string>;
  readonly listens: readonly number[] | undefined;
  /** Whether it had to be killed when it was told to stop: it could not put away what it wanted to keep. */
  readonly stopsLate: boolean;
}

const GREETING: Uint8Array = Buffer.from("GET / HTTP/1.0\r\n\r\n");

/** What there is to see of one that does not run. */
export function noSigns(state: ServiceState): Signs {
  const { restarts } = state;
  return { isDone: isDone(state), restarts, answers: new Map(), listens: undefined, stopsLate: false };
}

export async function answersOf(ports: readonly PublishedPort[]): Promise<Signs["answers"]> {
  const answers = new Map<number, string>();
  for (const port of ports) if (port.protocol !== "udp") answers.set(port.target, await answerOf(port));
  return answers;
}

async function answerOf({ address, published }: PublishedPort): Promise<string> {
  const { errno, answer } = await reach(address, published, GREETING);
  const status = /^HTTP\/[\d.]+ \d{3}/.exec(Buffer.from(answer).toString("latin1"))?.[0];
  return status ?? (errno === "ECONNREFUSED" || errno === "ETIMEDOUT" ? "closed" : "open");
}

/** @returns what it does not do that it should, in a few words */
export function lacking(signs: Signs, aim: Signs): string | undefined {
  if (signs.isDone !== aim.isDone) return aim.isDone ? "does not end" : "ended, where it should go on";
  if (signs.stopsLate && !aim.stopsLate) return "does not end in time when it is told to";
  // One more may be chance: services that wait for each other by failing.
  if (signs.restarts > aim.restarts + 1) return `was started ${signs.restarts} times again`;
  for (const [port, answer] of aim.answers) {
    // Not there when the port is not published any more: that it listens there still counts.
    const found = signs.answers.get(port);
    if (found !== undefined && found !== answer)
      return `answers "${found}" on port ${port}, where it was "${answer}"`;
  }
  const silent = aim.listens?.find((port) => signs.listens?.includes(port) === false);
  return silent === undefined ? undefined : `does not listen on port ${silent}`;
}
