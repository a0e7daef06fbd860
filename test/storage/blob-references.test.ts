import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { parseRecipe } from '../../src/engine/index.js';
import { openStorage } from '../../src/storage/index.js';
import { query, SqliteAdapter } from '../../src/storage/sqlite.js';
import { LIMITS, temporaryFolder } from './support.js';

/** Something for a column that must not be empty, by its type. */
const FILLING: Readonly<Record<string, string>> = {
  TEXT: `'x'`,
  INTEGER: '1',
  REAL: '1.0',
  BOOLEAN: '0',
  DATETIME: '0',
};

it('frees no bytes that a row of any table names', async () => {
  const dataDir = await temporaryFolder();
  const storage = await openStorage({ dataDir, limits: LIMITS, parseRecipe });
  onTestFinished(() => storage.close());
  const visitor = await new SqliteAdapter(path.join(dataDir, 'easel.db')).connect();
  onTestFinished(() => visitor.dispose());
  await query(visitor, 'PRAGMA foreign_keys = OFF');

  const tables = (
    await query(
      visitor,
      `SELECT t."name" FROM "sqlite_master" t, pragma_table_info(t."name") c WHERE t."type" = 'table' AND c."name" = 'sha256'`,
    )
  ).flat() as string[];
  expect(tables).toContain('Image');
  const keys = [];
  for (const table of tables) {
    const key = await storage.blobs.put(Buffer.from(`the bytes of ${table}`));
    const columns = await query(
      visitor,
      `SELECT "name", "type" FROM pragma_table_info('${table}') WHERE "notnull" = 1 AND "dflt_value" IS NULL`,
    );
    const values = columns.map(([name, type]) => (name === 'sha256' ? `'${key}'` : FILLING[String(type)]));
    const names = columns.map(([name]) => `"${String(name)}"`);
    await query(visitor, `INSERT INTO "${table}" (${names.join()}) VALUES (${values.join()})`);
    keys.push(key);
  }
  const stray = await storage.blobs.put(Buffer.from('nobody’s'));

  expect(await storage.images.deleteStrayBlobs(new Date(Date.now() + 60_000))).toMatchObject({ blobs: 1 });
  await expect(storage.blobs.get(stray)).rejects.toMatchObject({ code: 'BLOB_MISSING' });
  for (const key of keys) expect(await storage.blobs.get(key)).toBeInstanceOf(Buffer);
});
