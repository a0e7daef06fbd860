/** Databases that are lost, empty, older, damaged, locked or not Easel's: a refusal with words, and nothing deleted. */
import { copyFile, open, readdir, rename, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createClient, type Client as Sqlite } from '@libsql/client';
import { Client, isTerminal, randomImage } from './client.js';
import type { Report } from './report.js';
import { removeFolder, ServerProcess, StartError, temporaryFolder, until } from './server.js';

type Expect = (holds: boolean, what: string) => void;

/** Harm that is done to the database of a stopped server. */
const HARM: Readonly<Record<string, (file: string) => Promise<void>>> = {
  'database lost': async (file) => await rename(file, `${file}.away`),
  'database empty': async (file) => await truncate(file, 0),
  'database cut in half': async (file) => await truncate(file, 40_960),
  'header overwritten': async (file) => await overwrite(file, 0, 100),
  'every third page overwritten': async (file) => {
    for (let page = 2; page < 40; page += 3) await overwrite(file, page * 4096, 4096);
  },
  'another program’s database': async (file) => {
    await rm(file);
    const database = createClient({ url: `file:${file}` });
    await database.execute('CREATE TABLE "Recipes" ("id" TEXT PRIMARY KEY)');
    database.close();
  },
};

export async function database(report: Report, minutes: number): Promise<void> {
  const end = performance.now() + minutes * 60_000;
  for (let round = 1; round === 1 || performance.now() < end; round += 1) {
    for (const [fault, harm] of Object.entries(HARM)) await harmed(report, fault, harm);
    await older(report);
    await locked(report);
  }
}

/** A folder with images, a finished session and its checkpoint, all two days old; no process uses it. */
async function prepare(): Promise<{ dataDir: string; file: string; sessionId: string }> {
  const dataDir = await temporaryFolder();
  const server = await ServerProcess.start(dataDir);
  const client = new Client(server.url);
  const sessionId = await paint(client);
  await server.end();
  return { dataDir, file: path.join(dataDir, 'easel.db'), sessionId };
}

async function paint(client: Client): Promise<string> {
  const [content, style] = [await client.upload(await randomImage()), await client.upload(await randomImage())];
  const id = await client.create(content.id!, style.id!, { size: 64, minScale: 64, steps: 10 });
  await until('a session ends', async () => isTerminal((await client.session(id))!));
  return id;
}

async function harmed(report: Report, fault: string, harm: (file: string) => Promise<void>): Promise<void> {
  report.tried(fault);
  const expect: Expect = (holds, what) => report.expect(fault, holds, what);
  const { dataDir, file, sessionId } = await prepare();
  await copyFile(file, `${file}.good`);
  await makeOld(dataDir);
  const before = await filesOf(dataDir);
  await harm(file);
  const words = await ServerProcess.start(dataDir).then(
    async (server) => {
      await server.end();
      return null;
    },
    (error: unknown) => (error instanceof StartError ? error.message : String(error)),
  );
  expect(words !== null, 'the server starts as if nothing were wrong');
  expect(words === null || !/\n\s+at /.test(words), `a stack trace: ${words}`);
  expect((await filesOf(dataDir)).join() === before.join(), 'files are gone');
  // With the database put back, everything is there.
  await rename(`${file}.good`, file);
  await expectAll(dataDir, sessionId, expect);
  await removeFolder(dataDir);
}

/** The database of this morning beside the files of this evening. */
async function older(report: Report): Promise<void> {
  const fault = 'older database';
  report.tried(fault);
  const expect: Expect = (holds, what) => report.expect(fault, holds, what);
  const { dataDir, file } = await prepare();
  await copyFile(file, `${file}.older`);
  const server = await ServerProcess.start(dataDir);
  const sessionId = await paint(new Client(server.url));
  await server.end();
  await makeOld(dataDir);
  const before = await filesOf(dataDir);
  await rename(file, `${file}.newer`);
  await rename(`${file}.older`, file);
  await ServerProcess.start(dataDir).then(
    async (started) => await started.end(),
    () => undefined,
  );
  expect((await filesOf(dataDir)).join() === before.join(), 'files are gone');
  await rename(`${file}.newer`, file);
  await expectAll(dataDir, sessionId, expect);
  await removeFolder(dataDir);
}

/** Another program holds the database for twelve seconds: the run goes on, and whoever asks for no data does not wait. */
async function locked(report: Report): Promise<void> {
  const fault = 'locked for 12 s';
  report.tried(fault);
  const dataDir = await temporaryFolder();
  const server = await ServerProcess.start(dataDir);
  const client = new Client(server.url);
  const [content, style] = [await client.upload(await randomImage()), await client.upload(await randomImage())];
  const id = await client.create(content.id!, style.id!, { size: 64, minScale: 64, steps: 600 });
  const visitor: Sqlite = createClient({ url: `file:${path.join(dataDir, 'easel.db')}` });
  const lock = await visitor.transaction('write');
  const waits: number[] = [];
  const end = performance.now() + 12_000;
  while (performance.now() < end) {
    const asked = performance.now();
    await client.ask('{ __typename }');
    waits.push(performance.now() - asked);
  }
  await lock.rollback();
  visitor.close();
  waits.sort((a, b) => a - b);
  const p95 = waits[Math.floor(0.95 * waits.length)]!;
  report.expect(fault, p95 < 250, `{ __typename } took ${Math.round(p95)} ms at the 95th percentile`);
  await until('the session ends', async () => isTerminal((await client.session(id))!), 120_000);
  const session = (await client.session(id))!;
  report.expect(fault, session.status === 'COMPLETED', `the session is ${session.status} ${session.error?.code ?? ''}`);
  report.expect(fault, (await client.curve(id)).length === session.step, 'the curve has gaps');
  await server.end();
  await removeFolder(dataDir);
}

async function expectAll(dataDir: string, sessionId: string, expect: Expect): Promise<void> {
  try {
    const server = await ServerProcess.start(dataDir);
    const client = new Client(server.url);
    const session = await client.session(sessionId);
    expect(session?.status === 'COMPLETED', 'the session is gone after the database was put back');
    if (session?.resultUrl) expect((await client.fetch(session.resultUrl)).ok, 'its result is gone');
    expect((await client.act('continueSession', sessionId, ', steps: 5')).length === 0, 'its checkpoint is gone');
    await server.end();
  } catch (error) {
    expect(false, `with the database put back: ${String(error)}`);
  }
}

/** The files of images and checkpoints. */
async function filesOf(dataDir: string): Promise<string[]> {
  const entries = await readdir(dataDir, { recursive: true, withFileTypes: true });
  return entries
    .filter(
      (entry) =>
        entry.isFile() &&
        !entry.name.startsWith('easel.') &&
        path.basename(entry.parentPath) !== path.basename(dataDir),
    )
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}

/** Older than every grace period. */
async function makeOld(dataDir: string): Promise<void> {
  const then = new Date(Date.now() - 2 * 86_400_000);
  for (const file of await filesOf(dataDir)) await utimes(file, then, then);
}

async function overwrite(file: string, at: number, bytes: number): Promise<void> {
  const handle = await open(file, 'r+');
  await handle.write(crypto.getRandomValues(new Uint8Array(bytes)), 0, bytes, at);
  await handle.close();
  await writeFile(`${file}-wal`, '');
}
