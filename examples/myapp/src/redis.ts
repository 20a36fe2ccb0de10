/** Caches in Redis. Every call fails fast, so that a dead cache costs a request almost nothing. */
import { Redis } from "ioredis";
import type { Logger } from "pino";
import type { Cache } from "./cache.ts";
import type { RedisConfig } from "./config.ts";

/** Connects in the background, again and again: the service starts and works without its cache. */
export function openRedis(config: RedisConfig, log: Logger): Cache {
  const redis = new Redis({
    ...config,
    connectionName: "myapp",
    connectTimeout: 1_000,
    commandTimeout: 500,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    retryStrategy: (attempt) => Math.min(attempt * 100, 2_000),
  });
  // One line per outage, not one per attempt.
  let reported = false;
  redis.on("error", (error) => {
    if (!reported) log.warn({ err: error }, "redis: cache lost, reading without it");
    reported = true;
  });
  redis.on("ready", () => {
    reported = false;
    log.info("redis: cache connected");
  });
  return {
    get: async (key) => (await redis.get(key)) ?? undefined,
    async set(key, value, ttlSeconds) {
      await redis.set(key, value, "EX", ttlSeconds);
    },
    async ping() {
      await redis.ping();
    },
    async close() {
      redis.disconnect();
    },
  };
}
