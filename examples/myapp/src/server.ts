/** The production entry point: PostgreSQL and Redis. */
import { pino } from "pino";
import { readConfig, readListenConfig } from "./config.ts";
import { openPostgres } from "./postgres.ts";
import { openRedis } from "./redis.ts";
import { serve } from "./serve.ts";

const log = pino();

// Exit in so many words: a connection that will not close must not keep a stopped service alive.
process.exit(
  await serve(
    () => readListenConfig(process.env),
    async (stop) => {
      const config = readConfig(process.env);
      const store = await openPostgres(config.postgres, log, stop);
      return { store, cache: openRedis(config.redis, log) };
    },
    log,
  ),
);
