/** Stand-ins for PostgreSQL and Redis that keep everything in memory: for development and tests. */
import { randomUUID } from "node:crypto";
import type { Cache } from "../src/cache.ts";
import type { Note, NoteStore } from "../src/note.ts";

export function memoryStore(): NoteStore {
  const notes = new Map<string, Note>();
  return {
    async add({ title, body }) {
      const note = { id: randomUUID(), title, body, createdAt: new Date().toISOString() };
      notes.set(note.id, note);
      return note;
    },
    find: async (id) => notes.get(id),
    newest: async (limit) => [...notes.values()].reverse().slice(0, limit),
    async ping() {},
    async close() {},
  };
}

export function memoryCache(now: () => number = Date.now): Cache {
  const entries = new Map<string, { readonly value: string; readonly expires: number }>();
  return {
    async get(key) {
      const entry = entries.get(key);
      return entry === undefined || entry.expires <= now() ? undefined : entry.value;
    },
    async set(key, value, ttlSeconds) {
      entries.set(key, { value, expires: now() + ttlSeconds * 1000 });
    },
    async ping() {},
    async close() {},
  };
}
