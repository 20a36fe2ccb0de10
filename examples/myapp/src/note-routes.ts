/** Adds, lists and reads notes. */
import type { FastifyInstance } from "fastify";
import type { Dependencies } from "./app.ts";
import { readThrough } from "./cache.ts";
import type { NewNote, Note } from "./note.ts";
import { answer, problemSchema } from "./problem.ts";

const CACHE_TTL_SECONDS = 60;
const LIST_LIMIT = 50;

/** PostgreSQL's text cannot hold U+0000. */
const NO_NUL = "^[^\\u0000]*$";

const newNoteSchema = {
  type: "object",
  required: ["title", "body"],
  additionalProperties: false,
  properties: {
    title: { type: "string", minLength: 1, maxLength: 200, pattern: NO_NUL },
    body: { type: "string", maxLength: 10_000, pattern: NO_NUL },
  },
} as const;

const noteSchema = {
  type: "object",
  required: ["id", "title", "body", "createdAt"],
  properties: {
    id: { type: "string", format: "uuid" },
    title: { type: "string" },
    body: { type: "string" },
    createdAt: { type: "string", format: "date-time" },
  },
} as const;

const idSchema = {
  type: "object",
  required: ["id"],
  properties: { id: { type: "string", format: "uuid" } },
} as const;

export function noteRoutes(app: FastifyInstance, { store, cache }: Dependencies): void {
  app.post<{ Body: NewNote }>(
    "/notes",
    {
      schema: {
        summary: "Add a note",
        body: newNoteSchema,
        response: { 201: noteSchema, "4xx": problemSchema, "5xx": problemSchema },
      },
    },
    async (request, reply) => {
      const note = await store.add(request.body);
      return reply.code(201).header("location", `/notes/${note.id}`).send(note);
    },
  );

  app.get(
    "/notes",
    {
      schema: {
        summary: `The newest ${LIST_LIMIT} notes, newest first`,
        response: { 200: { type: "array", items: noteSchema }, "5xx": problemSchema },
      },
    },
    async () => store.newest(LIST_LIMIT),
  );

  app.get<{ Params: { id: string } }>(
    "/notes/:id",
    {
      schema: {
        summary: "Read a note; the header x-cache says where it came from",
        params: idSchema,
        response: { 200: noteSchema, "4xx": problemSchema, "5xx": problemSchema },
      },
    },
    async (request, reply) => {
      const id = request.params.id.toLowerCase();
      const { value: note, hit } = await readThrough<Note>(
        cache,
        `myapp:note:${id}`,
        CACHE_TTL_SECONDS,
        () => store.find(id),
        (error) => request.log.warn({ err: error }, "reading without the cache"),
      );
      if (note === undefined) return answer(reply, 404, `there is no note ${id}`);
      return reply.header("x-cache", hit ? "hit" : "miss").send(note);
    },
  );
}
