/** What a note is and where notes are kept: the interface every store fulfils. */

export interface Note {
  /** UUID, version 4. */
  readonly id: string;
  readonly title: string;
  readonly body: string;
  /** RFC 3339, UTC. */
  readonly createdAt: string;
}

export interface NewNote {
  readonly title: string;
  readonly body: string;
}

/** Notes never change once added, so a copy of one may be cached. */
export interface NoteStore {
  add(note: NewNote): Promise<Note>;
  find(id: string): Promise<Note | undefined>;
  /** Newest first. */
  newest(limit: number): Promise<readonly Note[]>;
  /** Resolves when the store answers. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** The store cannot be reached, through no fault of the request. Fastify answers with `statusCode`. */
export class StoreUnavailable extends Error {
  readonly statusCode = 503;
  override readonly name = "StoreUnavailable";

  constructor(cause: unknown) {
    super("the database cannot be reached, try again later", { cause });
  }
}
