import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startGuarded } from '../auth/support.js';
import { photo } from '../storage/image-files.js';
import { temporaryFolder } from '../storage/support.js';
import { startTestServer } from '../support/server.js';
import { typeErrors } from '../support/type-check.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const TEXT = await readFile(path.join(ROOT, 'docs/tutorial.md'), 'utf8');

/** Code blocks of this language, letter by letter. */
const blocks = (language: string) =>
  [...TEXT.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, code]) => code!);

/** The files, each named in its first line. */
const FILES = Object.fromEntries(blocks('ts').map((code) => [/^\/\/ (\S+)\n/.exec(code)![1]!, code]));

/** What is typed, in order. */
const [PAINT, WATCH, RESULT, WITH_KEYS] = blocks('sh');
const GALLERY = /^npx tsx gallery\.ts$/m.exec(TEXT)![0];

/** Small and quick. */
const TINY = { SIZE: '48', STEPS: '6' };

interface Run {
  readonly output: string[];
  readonly errors: string;
}

/** A folder as the reader has it. Instead of `npm install`, it has the repository's packages. */
async function readersFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'easel-tutorial-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await symlink(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
  await writeFile(path.join(folder, 'package.json'), '{ "type": "module" }');
  for (const [name, code] of Object.entries(FILES)) await writeFile(path.join(folder, name), code);
  await writeFile(path.join(folder, 'photo.jpg'), await photo(64, 48).jpeg().toBuffer());
  await writeFile(path.join(folder, 'painting.jpg'), await photo(40, 56).jpeg().toBuffer());
  return folder;
}

/** Types a block into a shell. */
function type(folder: string, block: string, env: Record<string, string>): ChildProcess {
  const child = spawn('sh', ['-e', '-c', block], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder, ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => {
    // The shell and what it started.
    if (child.exitCode === null) process.kill(-child.pid!);
  });
  return child;
}

async function run(folder: string, block: string, env: Record<string, string>): Promise<Run> {
  const child = type(folder, block, env);
  let [output, errors] = ['', ''];
  child.stdout!.on('data', (text: Buffer) => (output += text.toString()));
  child.stderr!.on('data', (text: Buffer) => (errors += text.toString()));
  const [code] = (await once(child, 'close')) as [number];
  expect(code, errors).toBe(0);
  return { output: output.trim().split('\n'), errors };
}

/** Stands between a client and a server, and can cut the line, or lead it elsewhere. */
async function startWire(first: string) {
  let target = new URL(first);
  const ends = new Set<Socket>();
  const wire = createServer((client) => {
    const server = connect(Number(target.port), target.hostname);
    for (const [end, other] of [
      [client, server],
      [server, client],
    ] as const) {
      ends.add(end);
      end.on('error', () => undefined).on('close', () => other.destroy());
      end.pipe(other);
    }
  });
  await once(wire.listen(0, '127.0.0.1'), 'listening');
  const cut = () => {
    for (const end of ends) end.destroy();
  };
  onTestFinished(() => {
    cut();
    wire.close();
  });
  const lead = (url: string) => (target = new URL(url));
  return { url: `http://127.0.0.1:${(wire.address() as AddressInfo).port}`, cut, lead };
}

describe('docs/tutorial.md', () => {
  it('has code that compiles', () => {
    expect(Object.keys(FILES)).toEqual([
      'easel.ts',
      'paint.ts',
      'live.ts',
      'watch.ts',
      'gallery.ts',
      'result.ts',
      'key.ts',
    ]);
    expect(typeErrors(FILES, ['es2023'])).toEqual([]);
  });

  it('paints, watches and fetches the result', async () => {
    const { url } = await startTestServer({}, { engine: 'process' });
    const folder = await readersFolder();
    const env = { EASEL_URL: url, ...TINY };
    const [id] = (await run(folder, PAINT!, env)).output;
    expect(id).toMatch(/^ses_/);
    const { output } = await run(folder, WATCH!, { ...env, ID: id! });
    expect(output.at(-1)).toMatch(/^COMPLETED 6\/6 loss \d/);
    expect(await sharp(path.join(folder, 'preview.jpg')).metadata()).toMatchObject({
      format: 'jpeg',
      width: 48,
      height: 36,
    });
    expect((await run(folder, RESULT!, { ...env, ID: id! })).output).toEqual([
      'result.png',
      'half.jpg',
      'timelapse.webp',
    ]);
    const formatOf = async (file: string) => (await sharp(path.join(folder, file)).metadata()).format;
    expect(await Promise.all(['result.png', 'half.jpg', 'timelapse.webp'].map(formatOf))).toEqual([
      'png',
      'jpeg',
      'webp',
    ]);
  });

  it('shows mistakes as the server words them', async () => {
    const { url } = await startTestServer({}, { engine: 'process' });
    const folder = await readersFolder();
    const child = type(folder, PAINT!, { EASEL_URL: url, SIZE: '5', STEPS: '5' });
    let errors = '';
    child.stderr!.on('data', (text: Buffer) => (errors += text.toString()));
    await once(child, 'close');
    expect(errors).toMatch(/^recipe\.size: /m);
  });

  it('goes on watching after the line was cut, where it was', async () => {
    const server = await startTestServer({}, { engine: 'process' });
    const { url, cut } = await startWire(server.url);
    const folder = await readersFolder();
    const env = { EASEL_URL: url, SIZE: '48', STEPS: '200' };
    // It begins when it is watched.
    await server.ask('mutation { pauseQueue { paused } }');
    const [id] = (await run(folder, PAINT!, env)).output;
    const child = type(folder, WATCH!, { ...env, ID: id! });
    let errors = '';
    child.stderr!.on('data', (text: Buffer) => (errors += text.toString()));
    const steps: number[] = [];
    let last = '';
    for await (const line of createInterface(child.stdout!)) {
      last = line;
      const [, status, step] = /^(\w+) (\d+)\/200 /.exec(line)!;
      if (status === 'QUEUED') await server.ask('mutation { resumeQueue { paused } }');
      if (status === 'RUNNING' && Number(step) > 0 && steps.push(Number(step)) === 2) cut();
    }
    expect(last).toMatch(/^COMPLETED 200\/200 /);
    const [, record] = /The connection was lost \(.+\)\.\nResuming after step record (\d+)\./.exec(errors)!;
    const resumed = steps.findIndex((step) => step > Number(record));
    // What was missed is replayed record by record: the first one after the cut is the one that follows.
    expect(steps[resumed]).toBe(Number(record) + 1);
    expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b));
  });

  it('goes on watching after the server was stopped and started again', async () => {
    const dataDir = await temporaryFolder();
    const server = await startTestServer({ dataDir }, { engine: 'process' });
    const { url, lead } = await startWire(server.url);
    const folder = await readersFolder();
    const env = { EASEL_URL: url, SIZE: '48', STEPS: '300' };
    await server.ask('mutation { pauseQueue { paused } }');
    const [id] = (await run(folder, PAINT!, env)).output;
    const child = type(folder, WATCH!, { ...env, ID: id! });
    let errors = '';
    child.stderr!.on('data', (text: Buffer) => (errors += text.toString()));
    const lines: string[] = [];
    let restarted = false;
    for await (const line of createInterface(child.stdout!)) {
      lines.push(line);
      if (lines.length === 1) await server.ask('mutation { resumeQueue { paused } }');
      if (restarted || !/^RUNNING [1-9]/.test(line)) continue;
      restarted = true;
      await server.close();
      lead((await startTestServer({ dataDir }, { engine: 'process' })).url);
    }
    expect(errors).toMatch(/The connection was lost \(1001\)\.\nResuming after step record [1-9]/);
    // Back into the queue, which the viewer is told before the line goes, or when it is there again.
    expect(lines.filter((line) => line.startsWith('QUEUED')).length).toBeGreaterThan(1);
    expect(lines.at(-1)).toMatch(/^COMPLETED 300\/300 /);
  });

  it('keeps the gallery up to date, over a lost connection, too', async () => {
    const { url, cut } = await startTestServer({}, { engine: 'process' }).then(({ url }) => startWire(url));
    const folder = await readersFolder();
    const env = { EASEL_URL: url, ...TINY };
    const [old] = (await run(folder, PAINT!, env)).output;
    const gallery = type(folder, GALLERY, env);
    const lines = createInterface(gallery.stdout!)[Symbol.asyncIterator]();
    const until = async (wanted: RegExp) => {
      for (;;) {
        const { value, done } = await lines.next();
        if (done) throw new Error('The gallery has ended.');
        if (wanted.test(value)) return;
      }
    };
    await until(new RegExp(`^${old} /images/img_`));
    const [second] = (await run(folder, PAINT!, env)).output;
    await until(/^-- 2 sessions$/);
    await until(new RegExp(`^${second} /images/img_`));
    cut();
    const [third] = (await run(folder, PAINT!, env)).output;
    await until(/^-- 3 sessions$/);
    await until(new RegExp(`^${third} /images/img_`));
  });

  it('works with keys, each user for themselves', async () => {
    const { admin, ada } = await startGuarded({}, { engine: 'process' });
    const folder = await readersFolder();
    const { output } = await run(folder, WITH_KEYS!, { EASEL_URL: admin.url, EASEL_KEY: admin.key!, ...TINY });
    expect(output.slice(-3)).toEqual(['result.png', 'half.jpg', 'timelapse.webp']);
    const count = '{ sessions { totalCount } }';
    const { apiKeys, sessions } = await admin.ask<{
      apiKeys: { name: string; ownerId: string }[];
      sessions: { edges: { node: { ownerId: string } }[] };
    }>('{ apiKeys { name ownerId } sessions { edges { node { ownerId } } } }');
    const { ownerId } = apiKeys.find(({ name }) => name === 'gallery')!;
    expect(sessions.edges).toEqual([{ node: { ownerId } }]);
    expect(await ada.ask(count)).toEqual({ sessions: { totalCount: 0 } });
  });
});
