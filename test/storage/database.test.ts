import { parseRecipe } from '../../src/engine/index.js';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { expect, it } from 'vitest';
import { openDatabase } from '../../src/storage/database.js';
import { openStorage } from '../../src/storage/index.js';
import { execute, SqliteAdapter } from '../../src/storage/sqlite.js';
import { addImage, addSession, LIMITS, temporaryFolder } from './support.js';

const open = (dataDir: string) => openStorage({ dataDir, limits: LIMITS, parseRecipe });

it('finds everything again after closing and opening', async () => {
  const folder = `${await temporaryFolder()}/with space, 50% & ünïcode?#/deep`;
  const before = await open(folder);
  const session = await addSession(before);
  const key = await before.blobs.put(Buffer.from('bytes'));
  await before.close();

  const after = await open(folder);
  expect(await after.sessions.find(session.id)).toEqual(session);
  expect(String(await after.blobs.get(key))).toBe('bytes');
  await after.close();
});

it('lets one owner have the data folder at a time', async () => {
  const folder = await temporaryFolder();
  const first = await open(folder);
  await expect(open(folder)).rejects.toMatchObject({ code: 'DATA_IN_USE', message: expect.stringContaining(folder) });
  await addSession(first);
  await first.close();
  await (await open(folder)).close();
});

it('keeps another process out while one is alive, and loses nothing acknowledged when it is killed', async () => {
  const folder = await temporaryFolder();
  const owner = fork(new URL('database-owner.ts', import.meta.url), [folder], { execArgv: ['--import', 'tsx'] });
  const [sessionId] = (await once(owner, 'message')) as [string];
  await expect(open(folder)).rejects.toMatchObject({ code: 'DATA_IN_USE' });
  owner.kill('SIGKILL');
  await once(owner, 'exit');

  const storage = await open(folder);
  expect(await storage.sessions.find(sessionId)).toMatchObject({ status: 'QUEUED' });
  await storage.close();
});

it('runs on one connection with its settings, before and after a transaction', async () => {
  const { prisma, close } = await openDatabase(await temporaryFolder());
  const settings = async () =>
    Promise.all(
      ['journal_mode', 'synchronous', 'foreign_keys', 'busy_timeout'].map(async (name) =>
        Object.values((await prisma.$queryRawUnsafe<Record<string, unknown>[]>(`PRAGMA ${name}`))[0]!).map(String),
      ),
    );
  const expected = [['wal'], ['2'], ['1'], ['1000']];
  expect(await settings()).toEqual(expected);
  await prisma.$transaction([prisma.image.count(), prisma.session.count()]);
  expect(await settings()).toEqual(expected);
  await close();
});

it('undoes a transaction that fails, and goes on', async () => {
  const { prisma, close } = await openDatabase(await temporaryFolder());
  const image = {
    ownerId: 'local',
    storedAt: new Date(),
    sha256: 'a'.repeat(64),
    format: 'png',
    width: 1,
    height: 1,
    byteSize: 1,
  };
  const create = (id: string) => prisma.image.create({ data: { ...image, id } });
  await expect(prisma.$transaction([create('one'), create('two'), create('one')])).rejects.toThrow();
  expect(await prisma.image.count()).toBe(0);
  await create('one');
  expect(await prisma.image.count()).toBe(1);
  await close();
});

it('is not poisoned by a visitor who holds the file for too long', async () => {
  const folder = await temporaryFolder();
  const storage = await open(folder);
  const visitor = await new SqliteAdapter(path.join(folder, 'easel.db')).connect();
  await execute(visitor, 'BEGIN IMMEDIATE');
  const [statement, transaction] = await Promise.allSettled([
    storage.sessions.requestCancel('ses_x'),
    addImage(storage),
  ]);
  expect([statement.status, transaction.status]).toEqual(['rejected', 'rejected']);
  await execute(visitor, 'ROLLBACK');

  const session = await addSession(storage);
  await storage.close();
  await execute(visitor, 'BEGIN IMMEDIATE');
  await execute(visitor, 'ROLLBACK');
  await visitor.dispose();
  const reopened = await open(folder);
  expect(await reopened.sessions.find(session.id)).toEqual(session);
  await reopened.close();
});
