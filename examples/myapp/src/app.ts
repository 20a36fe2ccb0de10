/** Puts the routes together. It opens nothing, so tests drive it in-process through `inject()`. */
import swagger from "@fastify/swagger";
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from "fastify";
import type { Cache } from "./cache.ts";
import { healthRoutes } from "./health-routes.ts";
import type { NoteStore } from "./note.ts";
import { noteRoutes } from "./note-routes.ts";
import { answerError, answerNotFound } from "./problem.ts";

export interface Dependencies {
  readonly store: NoteStore;
  readonly cache: Cache;
}

/** In bytes; the longest note fits, even when every character is escaped as `\uXXXX`. */
const BODY_LIMIT = 64 * 1024;

export async function buildApp(dependencies: Dependencies, log: FastifyBaseLogger): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: log,
    bodyLimit: BODY_LIMIT,
    requestTimeout: 10_000,
    // A wrong type is the client's mistake: it is refused, not converted, and every mistake is named at once.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, allErrors: true } },
  });
  app.setErrorHandler(answerError);
  app.setNotFoundHandler(answerNotFound);
  await app.register(swagger, {
    openapi: { openapi: "3.1.0", info: { title: "myapp", description: "Notes over HTTP", version: "1.0.0" } },
  });
  // Routes registered as a plugin come after the one above, which must see them to describe them.
  await app.register(async (routes) => {
    healthRoutes(routes, dependencies);
    noteRoutes(routes, dependencies);
    routes.get("/docs/json", { schema: { hide: true } }, async () => app.swagger());
  });
  return app;
}
