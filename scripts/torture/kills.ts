/** SIGKILL at random moments: of the server, of its engine, of both. Nothing acknowledged may be lost. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, isTerminal, pick, random, randomImage } from './client.js';
import type { Report } from './report.js';
import { removeFolder, isAlive, ServerProcess, signal, temporaryFolder, until } from './server.js';

/** Everything that a server acknowledged. */
interface Ledger {
  readonly images: Map<string, Buffer>;
  /** Sessions, with the highest seq that was seen of each. */
  readonly sessions: Map<string, { seq: number; isDeleted: boolean; wasCancelled: boolean }>;
  readonly titles: Map<string, string>;
}

const TARGETS = ['server', 'engine', 'both'] as const;
const RECIPE = { size: 64, minScale: 64, steps: 60 };

/** Runs rounds of work and kills until the time is over. */
export async function kills(report: Report, minutes: number): Promise<void> {
  const dataDir = await temporaryFolder();
  const ledger: Ledger = { images: new Map(), sessions: new Map(), titles: new Map() };
  const end = performance.now() + minutes * 60_000;
  for (let round = 1; round === 1 || performance.now() < end; round += 1) {
    const target = pick(TARGETS);
    report.tried(`kill of ${target}`);
    const server = await ServerProcess.start(dataDir);
    const client = new Client(server.url);
    const work = Array.from({ length: 3 }, () => useServer(client, ledger, () => performance.now() < end));
    await sleep(random(300, 4000));
    const engines = await server.children();
    if (target !== 'server') for (const pid of engines) signal(pid, 'SIGKILL');
    if (target === 'engine') await sleep(random(200, 2000));
    await server.end('SIGKILL');
    await Promise.all(work);
    await until('orphaned engines end', () => engines.every((pid) => !isAlive(pid)), 30_000).catch(() =>
      report.expect(`kill of ${target}`, false, 'an engine outlived its server by 30 s'),
    );
  }
  await audit(report, dataDir, ledger);
  await removeFolder(dataDir);
}

/** Works with the server until it dies, and writes down what was acknowledged. */
async function useServer(client: Client, ledger: Ledger, goesOn: () => boolean): Promise<void> {
  try {
    while (goesOn()) await pick([uploadOne, createOne, steerOne, steerOne, watchOne])(client, ledger);
  } catch {
    // The server was killed; what it did not answer may or may not have happened.
  }
}

async function uploadOne(client: Client, { images }: Ledger): Promise<void> {
  const bytes = await randomImage();
  const { id } = await client.upload(bytes);
  if (id) images.set(id, bytes);
}

async function createOne(client: Client, { images, sessions }: Ledger): Promise<void> {
  if (images.size < 2 || sessions.size > 60) return;
  const optimizer = pick(['LBFGS', 'ADAM']);
  const id = await client.create(pick([...images.keys()]), pick([...images.keys()]), { ...RECIPE, optimizer });
  sessions.set(id, { seq: 0, isDeleted: false, wasCancelled: false });
}

async function steerOne(client: Client, { sessions, titles }: Ledger): Promise<void> {
  const open = [...sessions].filter(([, { isDeleted }]) => !isDeleted);
  if (open.length === 0) return;
  const [id, entry] = pick(open);
  const action = pick(['pauseSession', 'resumeSession', 'resumeSession', 'rename', 'cancelSession', 'deleteSession']);
  if (action === 'rename') {
    const title = `title ${Math.random()}`;
    await client.data(
      'mutation ($id: ID!, $title: String) { updateSession(id: $id, input: { title: $title }) { errors { code } } }',
      {
        id,
        title,
      },
    );
    titles.set(id, title);
    return;
  }
  if ((action === 'deleteSession' || action === 'cancelSession') && Math.random() < 0.7) return;
  // Sent is as good as done for a deletion: it may have happened before the server died.
  if (action === 'deleteSession') entry.isDeleted = true;
  const codes = await client.act(action, id);
  if (action === 'cancelSession' && codes.length === 0) entry.wasCancelled = true;
}

async function watchOne(client: Client, { sessions }: Ledger): Promise<void> {
  const open = [...sessions].filter(([, { isDeleted }]) => !isDeleted);
  if (open.length === 0) return;
  const [id, entry] = pick(open);
  const last = (await client.curve(id)).at(-1);
  if (last) entry.seq = Math.max(entry.seq, last.seq);
}

/** Lets everything end in peace, then compares it with what was acknowledged. */
async function audit(report: Report, dataDir: string, ledger: Ledger): Promise<void> {
  const fault = 'after all kills';
  const check = (holds: boolean, what: string) => report.expect(fault, holds, what);
  report.tried(fault);
  const server = await ServerProcess.start(dataDir);
  const client = new Client(server.url);
  for (const [id, bytes] of ledger.images) {
    const served = Buffer.from(await (await client.fetch(`/images/${id}`)).arrayBuffer());
    check(served.equals(bytes), `image ${id} is not what was uploaded`);
  }
  const kept = [...ledger.sessions].filter(([, { isDeleted }]) => !isDeleted);
  for (const [id] of kept) if ((await client.session(id))?.status === 'PAUSED') await client.act('resumeSession', id);
  for (const [id, { seq, wasCancelled }] of kept) {
    await until(`session ${id} ends`, async () => isTerminal((await client.session(id))!), 300_000).catch(
      (error: unknown) => check(false, String(error)),
    );
    const session = (await client.session(id))!;
    check(
      session.status === (wasCancelled ? 'CANCELLED' : 'COMPLETED'),
      `session ${id} is ${session.status} ${session.error?.code ?? ''}`,
    );
    const curve = await client.curve(id);
    check(
      curve.every((point, index) => point.step === index + 1),
      `session ${id}: its curve has gaps or repeats`,
    );
    check(
      curve.every((point, index) => index === 0 || point.seq > curve[index - 1]!.seq),
      `session ${id}: seq goes back`,
    );
    check((curve.at(-1)?.seq ?? 0) >= seq || wasCancelled, `session ${id}: seq went back from ${seq}`);
    if (session.status === 'COMPLETED') {
      check(curve.length === session.step, `session ${id} made ${session.step} steps, its curve ${curve.length}`);
      const result = await client.fetch(session.resultUrl!);
      check(result.ok && (await result.arrayBuffer()).byteLength > 0, `session ${id}: no result`);
    }
  }
  for (const [id] of kept)
    check((await client.act('deleteSession', id)).length === 0, `session ${id} cannot be deleted`);
  check((await client.storage()).checkpoints === 0, 'checkpoints of deleted sessions are left');
  check((await server.end()) === 0, 'the last server did not end in order');
}
