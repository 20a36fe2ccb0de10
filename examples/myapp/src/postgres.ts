/** Keeps notes in PostgreSQL. */
import { setTimeout as sleep } from "node:timers/promises";
import { Client, type ClientConfig, DatabaseError, Pool } from "pg";
import type { Logger } from "pino";
import type { PostgresConfig } from "./config.ts";
import { migrate } from "./migrations.ts";
import { type NewNote, type Note, type NoteStore, StoreUnavailable } from "./note.ts";

const CONNECT_TIMEOUT_MS = 2_000;
const QUERY_TIMEOUT_MS = 5_000;
/** How long a database that is still starting is waited for. */
const START_TIMEOUT_MS = 30_000;
const RETRY_MS = 500;

interface NoteRow {
  readonly id: string;
  readonly title: string;
  readonly body: string;
  readonly created_at: Date;
}

const COLUMNS = "id, title, body, created_at";

/**
 * Waits for a database that is still starting, brings its schema up to date, and opens a pool.
 *
 * @throws when the database refuses us, is not there in time, or `signal` aborts; nothing is left open
 */
export async function openPostgres(
  config: PostgresConfig,
  log: Logger,
  signal: AbortSignal,
): Promise<NoteStore> {
  const settings = { ...config, application_name: "myapp", connectionTimeoutMillis: CONNECT_TIMEOUT_MS };
  const client = await connect(settings, log, signal);
  // A migration may wait long for another instance's; a stop must not wait for either.
  const interrupt = (): void => void client.end();
  signal.addEventListener("abort", interrupt);
  try {
    const applied = await migrate(client);
    log.info({ applied }, "postgres: schema is up to date");
  } finally {
    signal.removeEventListener("abort", interrupt);
    await client.end();
  }
  // The server ends a query that takes too long; when it does not answer at all, we stop waiting a little later.
  const limits = { max: 10, statement_timeout: QUERY_TIMEOUT_MS, query_timeout: QUERY_TIMEOUT_MS + 500 };
  const pool = new Pool({ ...settings, ...limits });
  // Without a listener, the database closing an idle connection would end the process.
  pool.on("error", (error) => log.warn({ err: error }, "postgres: idle connection lost"));
  return storeOf(pool);
}

function storeOf(pool: Pool): NoteStore {
  return {
    async add(note: NewNote) {
      const sql = `INSERT INTO notes (title, body) VALUES ($1, $2) RETURNING ${COLUMNS}`;
      const [row] = await select(pool, sql, [note.title, note.body]);
      if (row === undefined) throw new Error("INSERT ... RETURNING returned no row");
      return noteOf(row);
    },
    async find(id) {
      const [row] = await select(pool, `SELECT ${COLUMNS} FROM notes WHERE id = $1`, [id]);
      return row === undefined ? undefined : noteOf(row);
    },
    async newest(limit) {
      const sql = `SELECT ${COLUMNS} FROM notes ORDER BY created_at DESC, id LIMIT $1`;
      return (await select(pool, sql, [limit])).map(noteOf);
    },
    async ping() {
      await pool.query("SELECT 1");
    },
    close: () => pool.end(),
  };
}

async function select(pool: Pool, sql: string, values: readonly unknown[]): Promise<readonly NoteRow[]> {
  try {
    return (await pool.query<NoteRow>(sql, [...values])).rows;
  } catch (error) {
    throw isOutage(error) ? new StoreUnavailable(error) : error;
  }
}

function noteOf(row: NoteRow): Note {
  return { id: row.id, title: row.title, body: row.body, createdAt: row.created_at.toISOString() };
}

async function connect(settings: ClientConfig, log: Logger, signal: AbortSignal): Promise<Client> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    signal.throwIfAborted();
    const client = new Client(settings);
    // A connection lost between two queries is told here; the next query fails and reports it.
    client.on("error", (error) => log.warn({ err: error }, "postgres: connection lost"));
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.end();
      if (!isOutage(error) || Date.now() + RETRY_MS > deadline) throw error;
      log.info({ reason: (error as Error).message }, "postgres: not ready yet, trying again");
    }
    await sleep(RETRY_MS, undefined, { signal });
  }
}

/**
 * Whether waiting may help: the database did not answer at all (no SQLSTATE), or said that it is unavailable.
 * Classes 08, 53 and 57: https://www.postgresql.org/docs/15/errcodes-appendix.html
 */
function isOutage(error: unknown): boolean {
  if (!(error instanceof DatabaseError)) return true;
  return /^(08|53|57)/.test(error.code ?? "");
}
