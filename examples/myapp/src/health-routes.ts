/** Says whether the process lives (`/health`) and whether it can do its work (`/ready`). */
import type { FastifyInstance } from "fastify";
import type { Dependencies } from "./app.ts";

/** An orchestrator asks often and wants an answer, not a hanging request; in milliseconds. */
const CHECK_TIMEOUT_MS = 1_000;

const statusSchema = (status: string) =>
  ({
    type: "object",
    required: ["status"],
    properties: { status: { type: "string", const: status } },
  }) as const;

const unavailableSchema = {
  type: "object",
  required: ["status", "down"],
  properties: {
    status: { type: "string", const: "unavailable" },
    down: { type: "array", items: { type: "string", enum: ["postgres", "redis"] } },
  },
} as const;

export function healthRoutes(app: FastifyInstance, { store, cache }: Dependencies): void {
  app.get(
    "/health",
    {
      logLevel: "warn",
      schema: {
        summary: "The process is alive; nothing else is checked",
        response: { 200: statusSchema("ok") },
      },
    },
    async () => ({ status: "ok" }),
  );

  app.get(
    "/ready",
    {
      logLevel: "warn",
      schema: {
        summary: "PostgreSQL and Redis answer; if not, which one does not",
        response: { 200: statusSchema("ready"), 503: unavailableSchema },
      },
    },
    async (request, reply) => {
      const checks = { postgres: store.ping(), redis: cache.ping() };
      const failures = await Promise.all(
        Object.entries(checks).map(async ([name, check]) => {
          try {
            await withTimeout(check);
            return [];
          } catch (error) {
            request.log.warn({ err: error }, `${name} is down`);
            return [name];
          }
        }),
      );
      const down = failures.flat();
      if (down.length === 0) return { status: "ready" };
      return reply.code(503).send({ status: "unavailable", down });
    },
  );
}

async function withTimeout(check: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${CHECK_TIMEOUT_MS} ms`)), CHECK_TIMEOUT_MS);
  });
  try {
    await Promise.race([check, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
