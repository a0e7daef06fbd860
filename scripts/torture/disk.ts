/** Disks that are full or read-only, as real file systems. Needs root, which mounts them. */
import { execFile } from 'node:child_process';
import { rm, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { Client, isTerminal, randomImage } from './client.js';
import type { Report } from './report.js';
import { removeFolder, ServerProcess, StartError, temporaryFolder, until } from './server.js';

const run = promisify(execFile);
type Expect = (holds: boolean, what: string) => void;

const SIZE_MB = 24;

export async function disk(report: Report, minutes: number): Promise<void> {
  if (process.getuid?.() !== 0) {
    console.log('  skipped: mounting a file system needs root');
    return;
  }
  const end = performance.now() + minutes * 60_000;
  for (let round = 1; round === 1 || performance.now() < end; round += 1) {
    for (const [fault, torture] of Object.entries(TORTURES)) {
      report.tried(fault);
      const expect: Expect = (holds, what) => report.expect(fault, holds, what);
      const folder = await temporaryFolder();
      await run('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_MB}m`, 'tmpfs', folder]);
      await torture(folder, expect).catch((error: unknown) => expect(false, String(error)));
      await run('umount', ['-l', folder]);
      await removeFolder(folder);
    }
  }
}

const TORTURES: Readonly<Record<string, (folder: string, expect: Expect) => Promise<void>>> = {
  async 'full: uploads and sessions'(folder, expect) {
    const server = await ServerProcess.start(folder);
    const client = new Client(server.url);
    const [content, style] = [await client.upload(await randomImage()), await client.upload(await randomImage())];
    await fill(folder);
    const { status, code } = await client.upload(await randomImage(1024, 1024));
    expect(status === 507 && code === 'STORAGE_FULL', `an upload is answered with ${status} ${code}`);
    expect((await client.ask('{ sessions { totalCount } }')).errors.length === 0, 'reading fails');
    await free(folder);
    expect((await client.upload(await randomImage())).status === 201, 'an upload fails after space was made');
    const id = await client.create(content.id!, style.id!, { size: 64, minScale: 64, steps: 5 });
    await until('a session ends', async () => isTerminal((await client.session(id))!));
    expect((await client.session(id))!.status === 'COMPLETED', 'a session fails after space was made');
    expect((await server.end()) === 0, 'the server did not end in order');
  },

  async 'full at the end of a run'(folder, expect) {
    const server = await ServerProcess.start(folder);
    const client = new Client(server.url);
    const [content, style] = [await client.upload(await randomImage()), await client.upload(await randomImage())];
    const id = await client.create(content.id!, style.id!, { size: 96, minScale: 96, steps: 300 });
    await until('the run begins', async () => (await client.session(id))!.step > 3);
    await fill(folder);
    await until(
      'the run comes to its end',
      async () => (await client.session(id))!.step >= 300 || (await client.session(id))!.status !== 'RUNNING',
      120_000,
    );
    await new Promise((resolve) => setTimeout(resolve, 3000));
    expect((await client.session(id))!.status !== 'FAILED', 'the session failed for want of space');
    await free(folder);
    await until('the session ends', async () => isTerminal((await client.session(id))!), 120_000);
    const { status, step, error } = (await client.session(id))!;
    expect(status === 'COMPLETED', `the session is ${status} ${error?.code ?? ''}`);
    expect((await client.curve(id)).length === step, 'the curve has gaps');
    await server.end();
  },

  async 'full at a pause'(folder, expect) {
    const server = await ServerProcess.start(folder);
    const client = new Client(server.url);
    const [content, style] = [await client.upload(await randomImage()), await client.upload(await randomImage())];
    const id = await client.create(content.id!, style.id!, { size: 96, minScale: 96, steps: 400 });
    await until('the run makes progress', async () => (await client.session(id))!.step > 60);
    await fill(folder);
    await client.act('pauseSession', id);
    await new Promise((resolve) => setTimeout(resolve, 3000));
    await free(folder);
    await until('the session is paused', async () => (await client.session(id))!.status === 'PAUSED', 60_000);
    const { step } = (await client.session(id))!;
    await client.act('resumeSession', id);
    await until('the session ends', async () => isTerminal((await client.session(id))!), 120_000);
    const curve = await client.curve(id);
    expect(
      curve.every((point, index) => point.step === index + 1),
      `paused at ${step}, the curve has gaps or repeats`,
    );
    expect((await client.session(id))!.status === 'COMPLETED', 'the session does not complete');
    await server.end();
  },

  async 'full at start'(folder, expect) {
    await (await ServerProcess.start(folder)).end();
    await fill(folder);
    const words = await wordsOfStart(folder);
    // A database that is there can be opened and read without space.
    expect(words === null || /full|space/i.test(words), `it says: ${words}`);
    expect(!/\n\s+at /.test(words ?? ''), 'a stack trace');
    await free(folder);
    expect((await wordsOfStart(folder)) === null, 'it does not start after space was made');
  },

  async 'read-only at start'(folder, expect) {
    await (await ServerProcess.start(folder)).end();
    await run('mount', ['-o', 'remount,ro', folder]);
    const words = await wordsOfStart(folder);
    expect(words !== null && /read-only|permission|written/i.test(words), `it says: ${words}`);
    expect(!/\n\s+at /.test(words ?? ''), 'a stack trace');
  },
};

/** What a start says that fails; null where it succeeds. */
async function wordsOfStart(folder: string): Promise<string | null> {
  try {
    const server = await ServerProcess.start(folder);
    await server.end();
    return null;
  } catch (error) {
    if (error instanceof StartError) return error.message;
    throw error;
  }
}

/** Leaves not a block free. */
async function fill(folder: string): Promise<void> {
  for (let part = 0; ; part += 1) {
    const { bavail, bsize } = await statfs(folder);
    if (bavail === 0) return;
    await writeFile(path.join(folder, `ballast-${part}`), Buffer.alloc(Math.min(bavail * bsize, 2 ** 20)));
  }
}

async function free(folder: string): Promise<void> {
  const { bfree } = await statfs(folder);
  for (let part = 0; part < SIZE_MB + 64; part += 1) await rm(path.join(folder, `ballast-${part}`), { force: true });
  if ((await statfs(folder)).bfree <= bfree) throw new Error('no space was made');
}
