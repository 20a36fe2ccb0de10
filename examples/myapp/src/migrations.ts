/** Brings the schema up to date at start; any number of instances may start at the same moment. */
import type { ClientBase } from "pg";

/** Append only: an applied migration never changes. Its version is its place in the list, from 1. */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE notes (
     id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
     title text NOT NULL,
     body text NOT NULL,
     created_at timestamptz NOT NULL DEFAULT now()
   )`,
  "CREATE INDEX notes_newest ON notes (created_at DESC, id)",
];

/** Any number will do, as long as nothing else in this database locks the same one. */
const LOCK = 80_002_026;

/**
 * Applies what is missing in one transaction: all of it or nothing. The advisory lock belongs to the
 * transaction, so an instance that dies cannot leave it behind.
 *
 * @param client not to be used after a failure: its transaction is still open
 * @returns how many migrations were applied
 */
export async function migrate(client: ClientBase): Promise<number> {
  await client.query("BEGIN");
  await client.query("SELECT pg_advisory_xact_lock($1)", [LOCK]);
  await client.query(
    `CREATE TABLE IF NOT EXISTS schema_migrations (
       version integer PRIMARY KEY,
       applied_at timestamptz NOT NULL DEFAULT now()
     )`,
  );
  const { rows } = await client.query<{ current: number }>(
    "SELECT coalesce(max(version), 0) AS current FROM schema_migrations",
  );
  const current = rows[0]?.current ?? 0;
  const missing = MIGRATIONS.slice(current);
  for (const [index, sql] of missing.entries()) {
    await client.query(sql);
    await client.query("INSERT INTO schema_migrations (version) VALUES ($1)", [current + index + 1]);
  }
  await client.query("COMMIT");
  return missing.length;
}
