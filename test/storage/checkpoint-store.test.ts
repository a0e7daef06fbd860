import { readdir, readFile, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { CheckpointStore } from '../../src/storage/checkpoint-store.js';
import { temporaryFolder } from './support.js';

async function keep(store: CheckpointStore, sessionId: string, text: string): Promise<void> {
  const file = store.newFile();
  await writeFile(file, text);
  await store.keep(sessionId, file);
}

it('finds the newest checkpoint of each session, until it is deleted', async () => {
  const root = await temporaryFolder();
  const store = await CheckpointStore.open(root);
  expect(await store.find('ses_1')).toBeNull();
  await keep(store, 'ses_1', 'old');
  await keep(store, 'ses_2', 'other');
  await keep(store, 'ses_1', 'new');
  expect(await readFile((await store.find('ses_1'))!, 'utf8')).toBe('new');
  expect((await store.sessionIds()).sort()).toEqual(['ses_1', 'ses_2']);
  await store.delete('ses_1');
  await store.delete('ses_1');
  expect(await store.find('ses_1')).toBeNull();
  expect(await readdir(root)).toEqual(['ses_2']);
});

it('keeps the one before where there is nothing to keep', async () => {
  const store = await CheckpointStore.open(await temporaryFolder());
  await keep(store, 'ses_1', 'good');
  await expect(store.keep('ses_1', store.newFile())).rejects.toThrow('ENOENT');
  expect(await readFile((await store.find('ses_1'))!, 'utf8')).toBe('good');
});

it('removes at start what a killed process left unfinished, and nothing else', async () => {
  const root = await temporaryFolder();
  const store = await CheckpointStore.open(root);
  await keep(store, 'ses_1', 'whole');
  await writeFile(store.newFile(), 'half');
  expect(await store.sessionIds()).toEqual(['ses_1']);
  await CheckpointStore.open(root);
  expect(await readdir(root)).toEqual(['ses_1']);
});

it('takes no path for an id', async () => {
  const store = await CheckpointStore.open(await temporaryFolder());
  await expect(store.find('../easel.db')).rejects.toThrow('not a session id');
  await expect(store.delete('../easel.db')).rejects.toThrow('not a session id');
});
