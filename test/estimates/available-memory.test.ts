import { mkdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { availableMemory } from '../../src/estimates/available-memory.js';
import { temporaryFolder } from '../storage/support.js';

const MB = 2 ** 20;

/** The available memory of a Linux with these files. */
async function linux(files: Record<string, string>): Promise<number> {
  const root = await temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(root, name)), { recursive: true });
    await writeFile(path.join(root, name), text);
  }
  return await availableMemory({ platform: 'linux', root });
}

const meminfo = (megabytes: number) => `MemTotal: 99 kB\nMemFree:  1 kB\nMemAvailable:  ${megabytes * 1024} kB\n`;

it('uses MemAvailable, not MemFree', async () => {
  expect(await linux({ 'proc/meminfo': meminfo(900) })).toBe(900 * MB);
});

it('respects a control group’s limit (version 2) and counts its inactive page cache as available', async () => {
  const files = {
    'proc/meminfo': meminfo(900),
    'proc/self/cgroup': '0::/app/easel\n',
    'sys/fs/cgroup/app/easel/memory.max': `${500 * MB}\n`,
    'sys/fs/cgroup/app/easel/memory.current': `${300 * MB}\n`,
    'sys/fs/cgroup/app/easel/memory.stat': `anon 1\ninactive_file ${50 * MB}\n`,
  };
  expect(await linux(files)).toBe(250 * MB);
  const tighterAbove = {
    'sys/fs/cgroup/app/memory.max': `${400 * MB}`,
    'sys/fs/cgroup/app/memory.current': `${320 * MB}`,
  };
  expect(await linux({ ...files, ...tighterAbove })).toBe(80 * MB);
  expect(await linux({ ...files, 'sys/fs/cgroup/app/easel/memory.max': 'max\n' })).toBe(900 * MB);
});

it('respects a container’s limit (version 1), whose group appears as the root', async () => {
  const files = {
    'proc/meminfo': meminfo(900),
    'proc/self/cgroup': '9:cpu,cpuacct:/docker/1\n4:memory:/docker/1\n0::/\n',
    'sys/fs/cgroup/memory/memory.limit_in_bytes': `${200 * MB}\n`,
    'sys/fs/cgroup/memory/memory.usage_in_bytes': `${150 * MB}\n`,
    'sys/fs/cgroup/memory/memory.stat': `total_inactive_file ${10 * MB}\n`,
  };
  expect(await linux(files)).toBe(60 * MB);
  expect(await linux({ ...files, 'sys/fs/cgroup/memory/memory.usage_in_bytes': `${250 * MB}` })).toBe(0);
});

it('returns a plausible value on every platform', async () => {
  for (const platform of [process.platform, 'darwin', 'win32'] as const) {
    const bytes = await availableMemory({ platform });
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThanOrEqual(os.totalmem());
  }
});
