import { appendFile, cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { migrate } from '../../src/storage/migrate.js';
import { query, SqliteAdapter, type SqliteConnection } from '../../src/storage/sqlite.js';
import { temporaryFolder } from './support.js';

const REAL = new URL('../../prisma/migrations/', import.meta.url);

/** An empty database and a copy of the real migrations to tamper with. */
async function setUp() {
  const folder = await temporaryFolder();
  const scripts = path.join(folder, 'migrations');
  await cp(REAL, scripts, { recursive: true });
  const connection = await new SqliteAdapter(path.join(folder, 'test.db')).connect();
  onTestFinished(() => connection.dispose());
  const add = async (name: string, sql: string) => {
    await mkdir(path.join(scripts, name));
    await writeFile(path.join(scripts, name, 'migration.sql'), sql);
  };
  return { connection, scripts, add, run: () => migrate(connection, pathToFileURL(`${scripts}/`)) };
}

const tables = async (connection: SqliteConnection) =>
  (await query(connection, `SELECT "name" FROM "sqlite_master" WHERE "type" = 'table' ORDER BY "name"`)).flat();

describe('migrate', () => {
  it('makes the schema once, and has nothing to do afterwards', async () => {
    const { connection, run } = await setUp();
    const scripts = (await readdir(REAL)).toSorted();
    expect(await run()).toEqual(scripts);
    expect(await tables(connection)).toEqual(
      expect.arrayContaining(['Image', 'LossRecord', 'Session', 'SessionStyle', '_prisma_migrations']),
    );
    expect(await run()).toEqual([]);
    expect(await query(connection, 'SELECT count(*) FROM "_prisma_migrations"')).toEqual([[scripts.length]]);
  });

  it('applies what is new, in order', async () => {
    const { run, add } = await setUp();
    await run();
    await add('9002_more', 'ALTER TABLE "Extra" ADD COLUMN "b" TEXT;');
    await add('9001_extra', 'CREATE TABLE "Extra" ("a" TEXT);');
    expect(await run()).toEqual(['9001_extra', '9002_more']);
  });

  it('notices a script that changed after it was applied, but not its line ends', async () => {
    const { run, add, scripts } = await setUp();
    await add('9001_extra', 'CREATE TABLE "Extra" (\n"a" TEXT);\n');
    await run();
    const script = path.join(scripts, '9001_extra', 'migration.sql');
    await writeFile(script, 'CREATE TABLE "Extra" (\r\n"a" TEXT);\r\n');
    expect(await run()).toEqual([]);
    await appendFile(script, '-- a later thought');
    await expect(run()).rejects.toMatchObject({
      code: 'MIGRATION_MISMATCH',
      message: expect.stringContaining('9001_extra'),
    });
  });

  it('refuses a database from a newer program', async () => {
    const { run, add, scripts } = await setUp();
    await add('9001_extra', 'CREATE TABLE "Extra" ("a" TEXT);');
    await run();
    await rm(path.join(scripts, '9001_extra'), { recursive: true });
    await expect(run()).rejects.toMatchObject({ code: 'MIGRATION_MISMATCH' });
  });

  it('applies a migration whole or not at all, and can be tried again', async () => {
    const { connection, run, add, scripts } = await setUp();
    await run();
    await add('9001_broken', 'CREATE TABLE "Extra" ("a" TEXT); INSERT INTO "Nowhere" VALUES (1);');
    await expect(run()).rejects.toThrow('Nowhere');
    expect(await tables(connection)).not.toContain('Extra');
    await writeFile(path.join(scripts, '9001_broken', 'migration.sql'), 'CREATE TABLE "Extra" ("a" TEXT);');
    expect(await run()).toEqual(['9001_broken']);
  });

  it('lets a migration redefine a table without losing the rows that refer to it, but leave no dangling reference', async () => {
    const { connection, run, add } = await setUp();
    await add(
      '9001_tree',
      `CREATE TABLE "Parent" ("id" INTEGER PRIMARY KEY);
      CREATE TABLE "Child" ("parent" INTEGER REFERENCES "Parent" ("id") ON DELETE CASCADE);
      INSERT INTO "Parent" VALUES (1); INSERT INTO "Child" VALUES (1);`,
    );
    await add(
      '9002_redefine',
      `CREATE TABLE "new_Parent" ("id" INTEGER PRIMARY KEY, "name" TEXT);
      INSERT INTO "new_Parent" ("id") SELECT "id" FROM "Parent";
      DROP TABLE "Parent"; ALTER TABLE "new_Parent" RENAME TO "Parent";`,
    );
    await run();
    expect(await query(connection, 'SELECT count(*) FROM "Child"')).toEqual([[1]]);
    await add('9003_dangling', 'DELETE FROM "Parent";');
    await expect(run()).rejects.toThrow();
    expect(await query(connection, 'SELECT count(*) FROM "Parent"')).toEqual([[1]]);
    expect(await query(connection, 'PRAGMA foreign_keys')).toEqual([[1]]);
  });
});
