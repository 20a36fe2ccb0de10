/** Runs the service from start to a clean stop: the same way in production and in development. */
import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import { buildApp, type Dependencies } from "./app.ts";
import { ConfigError, type ListenConfig } from "./config.ts";

/** Together they stay below the 2 s in which the service promises to be gone; in milliseconds. */
const DRAIN_MS = 1_000;
const CLOSE_MS = 300;

/**
 * Opens what the service needs, listens, and on SIGTERM or SIGINT drains and stops.
 * As PID 1 of a container a process has no default signal handling: without these handlers nothing happens.
 *
 * @param open makes the dependencies; it must give up when the signal aborts
 * @returns the exit code: 0 after a requested stop, 1 when the service could not start
 */
export async function serve(
  readListen: () => ListenConfig,
  open: (stop: AbortSignal) => Promise<Dependencies>,
  log: Logger,
): Promise<number> {
  const stopping = new AbortController();
  const stopped = new Promise<void>((resolve) => {
    for (const name of ["SIGTERM", "SIGINT"] as const) {
      process.on(name, () => {
        log.info({ signal: name }, "stopping");
        stopping.abort();
        resolve();
      });
    }
  });
  try {
    const listen = readListen();
    const dependencies = await open(stopping.signal);
    const app = await buildApp(dependencies, log);
    try {
      await app.listen(listen);
      await stopped;
    } finally {
      await drain(app, dependencies);
    }
  } catch (error) {
    if (!stopping.signal.aborted) {
      if (error instanceof ConfigError) log.fatal(`cannot start: ${error.message}`);
      else log.fatal({ err: error }, "cannot start");
      return 1;
    }
  }
  log.info("stopped");
  return 0;
}

/**
 * Idle keep-alive connections are closed at once, requests under way may finish. What is left then is cut off:
 * a stalled request, or a connection on which none was ever sent.
 */
async function drain(app: FastifyInstance, { store, cache }: Dependencies): Promise<void> {
  const cut = setTimeout(() => app.server.closeAllConnections(), DRAIN_MS);
  await app.close();
  clearTimeout(cut);
  await Promise.race([Promise.allSettled([store.close(), cache.close()]), sleep(CLOSE_MS)]);
}
