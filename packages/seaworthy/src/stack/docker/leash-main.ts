/** The guard of a leashed stack: removes it when its owner has gone without a word. Started by `leash.ts`. */
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { createDockerClient } from "../../engine/docker/client.ts";
import type { LeashOrder } from "./leash.ts";
import { removeLeashed } from "./stop.ts";

/** Milliseconds between attempts, and their number: an engine that restarts is waited for. */
const PAUSE = 1_000;
const MOST_TRIES = 120;
/** Calls of the owner that were on their way when it ended may still make a container. */
const LATECOMERS = 2_000;

// Only the end of the pipe counts.
for (const signal of ["SIGINT", "SIGHUP", "SIGTERM"] as const) process.on(signal, () => undefined);

const lines: string[] = [];
for await (const line of createInterface({ input: process.stdin })) lines.push(line);
const [order, released] = lines;
if (order !== undefined && released === undefined) await removeAll(JSON.parse(order) as LeashOrder);

async function removeAll({ label, ...parts }: LeashOrder): Promise<void> {
  using client = createDockerClient({ ...parts, config: {}, env: {} });
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    try {
      await removeLeashed(client, label);
      await delay(LATECOMERS);
      await removeLeashed(client, label);
      return;
    } catch {
      await delay(PAUSE);
    }
  }
}
