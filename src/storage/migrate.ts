import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { StorageError } from './errors.js';
import { query, type SqliteConnection } from './sqlite.js';

/** src/storage and dist/storage have the same depth. */
const MIGRATIONS = new URL('../../prisma/migrations/', import.meta.url);

/** Prisma's bookkeeping table, so that its command line understands the database too. */
const BOOKKEEPING = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" TEXT PRIMARY KEY NOT NULL,
  "checksum" TEXT NOT NULL,
  "finished_at" DATETIME,
  "migration_name" TEXT NOT NULL,
  "logs" TEXT,
  "rolled_back_at" DATETIME,
  "started_at" DATETIME NOT NULL DEFAULT current_timestamp,
  "applied_steps_count" INTEGER UNSIGNED NOT NULL DEFAULT 0
);`;

interface Migration {
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the script, hexadecimal. */
  readonly checksum: string;
}

/**
 * Migrates the database to the program's schema and returns the names of the applied migrations, oldest first. Each is
 * applied whole or not at all. Throws `StorageError` MIGRATION_MISMATCH where a newer program wrote the database, or an
 * applied migration's script has changed.
 *
 * Prisma's `migrate deploy` is not used: it needs a native engine that is downloaded when first run.
 */
export async function migrate(connection: SqliteConnection, folder: URL = MIGRATIONS): Promise<string[]> {
  await connection.executeScript(BOOKKEEPING);
  const rows = await query(
    connection,
    'SELECT "migration_name", "checksum" FROM "_prisma_migrations" WHERE "rolled_back_at" IS NULL',
  );
  const applied = new Map(rows.map(([name, checksum]) => [String(name), String(checksum)]));
  const migrations = await readMigrations(folder);
  refuseMismatch(applied, migrations);

  const pending = migrations.filter(({ name }) => !applied.has(name));
  for (const migration of pending) await apply(connection, migration);
  return pending.map(({ name }) => name);
}

async function readMigrations(folder: URL): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  return Promise.all(
    names.map(async (name) => {
      // A checkout with CRLF line ends is the same script.
      const sql = (await readFile(new URL(`${name}/migration.sql`, folder), 'utf8')).replaceAll('\r\n', '\n');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

function refuseMismatch(applied: ReadonlyMap<string, string>, migrations: readonly Migration[]): void {
  const known = new Map(migrations.map(({ name, checksum }) => [name, checksum]));
  for (const [name, checksum] of applied) {
    if (!known.has(name)) {
      throw new StorageError(
        'MIGRATION_MISMATCH',
        `The database has the migration ${name}, which this version of Easel does not know. Run the version that wrote it, or a newer one.`,
      );
    }
    if (known.get(name) !== checksum) {
      throw new StorageError(
        'MIGRATION_MISMATCH',
        `The migration ${name} was changed after it had been applied. Restore its script, and put the change into a new migration.`,
      );
    }
  }
}

async function apply(connection: SqliteConnection, { name, sql, checksum }: Migration): Promise<void> {
  // Redefining a table drops the old one, which would cascade to rows that refer to it. So foreign keys are off during the
  // script and checked at its end. (SQLite ignores this setting inside a transaction.)
  await connection.executeScript('PRAGMA foreign_keys = OFF;');
  try {
    // One script, because the driver rolls back a transaction that is open at a script's end.
    await connection.executeScript(`BEGIN IMMEDIATE;
${sql}
CREATE TEMP TABLE "dangling" ("references" INTEGER CHECK ("references" = 0));
INSERT INTO "dangling" SELECT count(*) FROM pragma_foreign_key_check;
DROP TABLE "dangling";
INSERT INTO "_prisma_migrations" ("id", "checksum", "finished_at", "migration_name", "applied_steps_count")
VALUES ('${randomUUID()}', '${checksum}', current_timestamp, '${name.replaceAll("'", "''")}', 1);
COMMIT;`);
  } finally {
    await connection.executeScript('PRAGMA foreign_keys = ON;');
  }
}
