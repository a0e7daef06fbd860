/** An ordinary day in minutes: uploads, sessions, viewers, deletions. Nothing grows, nothing fails. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, isTerminal, pick, random, randomImage } from './client.js';
import type { Report } from './report.js';
import { removeFolder, ServerProcess, temporaryFolder } from './server.js';

const FAULT = 'soak';

export async function soak(report: Report, minutes: number): Promise<void> {
  report.tried(FAULT);
  const dataDir = await temporaryFolder();
  const server = await ServerProcess.start(dataDir);
  const end = performance.now() + minutes * 60_000;
  const failures: string[] = [];
  const users = Array.from({ length: 4 }, () =>
    use(new Client(server.url), end).catch((error: unknown) => failures.push(String(error))),
  );
  const memory: number[] = [];
  while (performance.now() < end) {
    await sleep(Math.min(2000, minutes * 6000));
    memory.push(await server.memory());
  }
  await Promise.all(users);
  report.expect(FAULT, failures.length === 0, failures.join('; '));
  const quarter = Math.ceil(memory.length / 4);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const growth = mean(memory.slice(-quarter)) - mean(memory.slice(quarter, 2 * quarter));
  console.log(`  memory: ${memory.map((bytes) => Math.round(bytes / 2 ** 20)).join(' ')} MB`);
  report.expect(FAULT, growth < 100 * 2 ** 20, `memory grew by ${Math.round(growth / 2 ** 20)} MB`);
  const errors = server.log.filter(
    (line) => !line.startsWith('{') || (JSON.parse(line) as { level: number }).level >= 50,
  );
  report.expect(FAULT, errors.length === 0, `the log has: ${errors[0]}`);
  report.expect(FAULT, (await server.end()) === 0, 'the server did not end in order');
  await removeFolder(dataDir);
}

async function use(client: Client, end: number): Promise<void> {
  const images = [(await client.upload(await randomImage())).id!, (await client.upload(await randomImage())).id!];
  const sessions: string[] = [];
  while (performance.now() < end) {
    await sleep(random(10, 200));
    const act = pick(['upload', 'create', 'browse', 'browse', 'look', 'delete']);
    if (act === 'upload') images.push((await client.upload(await randomImage(random(32, 400), random(32, 400)))).id!);
    else if (act === 'create' && sessions.length < 10) {
      sessions.push(await client.create(pick(images), pick(images), { size: 48, minScale: 48, steps: random(1, 30) }));
    } else if (act === 'browse') {
      await client.data(
        '{ sessions(first: 20) { nodes { id status step losses { total } queuePosition tags } } tags }',
      );
    } else if (act === 'look') {
      const image = await client.fetch(`/images/${pick(images)}?size=128`);
      if (!image.ok) throw new Error(`an image: ${image.status}`);
    } else if (act === 'delete') await deleteOne(client, sessions);
  }
}

async function deleteOne(client: Client, sessions: string[]): Promise<void> {
  const [id] = sessions;
  if (id === undefined || !isTerminal((await client.session(id))!)) return;
  sessions.shift();
  await client.act('deleteSession', id);
}
