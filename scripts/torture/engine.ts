/** Engines that die, hang, and cannot start. A session loses time by it, nothing else. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, isTerminal, randomImage } from './client.js';
import type { Report } from './report.js';
import { removeFolder, ServerProcess, signal, temporaryFolder, until } from './server.js';

/** Short limits, so that a hang is found in seconds. */
const ENV = { EASEL_STALL_SECONDS: '3' };
const LONG = { size: 64, minScale: 64, steps: 2000 };
const SHORT = { size: 64, minScale: 64, steps: 20 };

export async function engine(report: Report, minutes: number): Promise<void> {
  const end = performance.now() + minutes * 60_000;
  for (let round = 1; round === 1 || performance.now() < end; round += 1) {
    for (const torture of [dies, hangs, hangsForAnOwner, cannotStart]) {
      const dataDir = await temporaryFolder();
      const server = await ServerProcess.start(dataDir, ENV);
      const client = new Client(server.url);
      report.tried(torture.name);
      const expect = (holds: boolean, what: string) => report.expect(torture.name, holds, what);
      await torture(server, client, expect).catch((error: unknown) => expect(false, String(error)));
      expect((await server.end()) === 0, 'the server did not end in order');
      await removeFolder(dataDir);
    }
  }
}

type Expect = (holds: boolean, what: string) => void;

async function begin(client: Client, recipe: object): Promise<string> {
  const [content, style] = [await client.upload(await randomImage()), await client.upload(await randomImage())];
  return await client.create(content.id!, style.id!, recipe);
}

async function reaches(client: Client, id: string, step: number): Promise<void> {
  await until(`${id} makes step ${step}`, async () => {
    const session = (await client.session(id))!;
    if (isTerminal(session) && session.status !== 'COMPLETED')
      throw new Error(`${session.status} ${session.error?.code}`);
    return session.step >= step || session.status === 'COMPLETED';
  });
}

/** Five deaths with progress in between are no reason to give up. */
async function dies(server: ServerProcess, client: Client, expect: Expect): Promise<void> {
  const id = await begin(client, LONG);
  for (let death = 1; death <= 5; death += 1) {
    const { step } = (await client.session(id))!;
    await reaches(client, id, step + 60);
    // Past a checkpoint, which is written every five seconds of work.
    await sleep(6000);
    for (const pid of await server.children()) signal(pid, 'SIGKILL');
  }
  const { step } = (await client.session(id))!;
  await reaches(client, id, step + 1);
  expect((await client.session(id))!.status === 'RUNNING', 'the session does not go on after five deaths');
  expect((await client.act('cancelSession', id)).length === 0, 'it cannot be cancelled');
}

/** A stopped process makes no step: it is killed, and the session resumes. */
async function hangs(server: ServerProcess, client: Client, expect: Expect): Promise<void> {
  const id = await begin(client, LONG);
  await reaches(client, id, 5);
  for (const pid of await server.children()) signal(pid, 'SIGSTOP');
  const { step } = (await client.session(id))!;
  await until('the session makes steps again', async () => (await client.session(id))!.step > step, 45_000);
  expect(await client.isReady(), 'the server is not ready after the hang');
  await client.act('cancelSession', id);
}

/** While an engine hangs, an owner's requests are answered and carried out. */
async function hangsForAnOwner(server: ServerProcess, client: Client, expect: Expect): Promise<void> {
  const id = await begin(client, LONG);
  await reaches(client, id, 5);
  for (const pid of await server.children()) signal(pid, 'SIGSTOP');
  const asked = performance.now();
  await client.act('cancelSession', id);
  expect(performance.now() - asked < 2000, 'a cancellation was not answered within two seconds');
  await until('the session is cancelled', async () => (await client.session(id))!.status === 'CANCELLED', 45_000);
  expect((await client.act('deleteSession', id)).length === 0, 'the session cannot be deleted');
  await reaches(client, await begin(client, SHORT), 20);
}

/** Every engine is killed as soon as it starts, for a while: the queue waits, nothing fails. */
async function cannotStart(server: ServerProcess, client: Client, expect: Expect): Promise<void> {
  const ids = [await begin(client, SHORT), await begin(client, SHORT), await begin(client, SHORT)];
  const end = performance.now() + 20_000;
  while (performance.now() < end) {
    for (const pid of await server.children()) signal(pid, 'SIGKILL');
    await sleep(20);
  }
  for (const id of ids) {
    await until(`${id} ends`, async () => isTerminal((await client.session(id))!), 90_000);
    const { status, error } = (await client.session(id))!;
    expect(status === 'COMPLETED', `a session is ${status} ${error?.code ?? ''}`);
  }
}
