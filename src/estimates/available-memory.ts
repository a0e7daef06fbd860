import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/**
 * Memory that a process can still allocate, bytes. Linux: MemAvailable, which counts reclaimable caches as available, or
 * what the control groups leave if that is less. Windows: the free memory. macOS compresses and swaps, so its free memory
 * says little: at least half of the total memory.
 *
 * `process.availableMemory()` cannot replace this: it counts page cache as used. In a control group limited to 600 MB,
 * after reading a 400 MB file, it returns 65 MB and this function 488 MB (Node 20.20, Linux 6.18).
 * @param root root of the file system
 */
export async function availableMemory({ platform = process.platform, root = '/' } = {}): Promise<number> {
  if (platform === 'darwin') return Math.max(os.freemem(), os.totalmem() / 2);
  if (platform !== 'linux') return os.freemem();
  const read = (...parts: string[]) => readFile(path.join(root, ...parts), 'utf8').catch(() => null);
  const kilobytes = /^MemAvailable: +(\d+) kB/m.exec((await read('proc/meminfo')) ?? '')?.[1];
  const machine = kilobytes ? 1024 * Number(kilobytes) : os.freemem();
  return Math.max(0, Math.min(machine, ...(await controlGroups(read))));
}

type Read = (...parts: string[]) => Promise<string | null>;

/** Memory left by each control group of the process that has a limit. */
async function controlGroups(read: Read): Promise<number[]> {
  const lines = ((await read('proc/self/cgroup')) ?? '').split('\n').map((line) => line.split(':'));
  const left: (number | null)[] = [];
  for (const [, controllers, group] of lines) {
    if (group === undefined) continue;
    const version = controllers === '' ? V2 : controllers?.split(',').includes('memory') ? V1 : null;
    if (!version) continue;
    // Limits of parent groups apply too. A container sees its own group as the root, whatever its name is outside.
    for (const folder of selfAndParents(group)) left.push(await leftIn(read, version, folder));
  }
  return left.filter((bytes) => bytes !== null);
}

const V2 = { mount: 'sys/fs/cgroup', limit: 'memory.max', used: 'memory.current', cache: 'inactive_file' } as const;
const V1 = {
  mount: 'sys/fs/cgroup/memory',
  limit: 'memory.limit_in_bytes',
  used: 'memory.usage_in_bytes',
  cache: 'total_inactive_file',
} as const;

async function leftIn(read: Read, version: typeof V1 | typeof V2, folder: string): Promise<number | null> {
  const file = (name: string) => read(version.mount, folder, name);
  const [limit, used, stat] = await Promise.all([file(version.limit), file(version.used), file('memory.stat')]);
  if (limit === null || used === null || limit.trim() === 'max') return null;
  // The usage includes cached files; inactive ones are reclaimed first.
  const cache = new RegExp(`^${version.cache} (\\d+)$`, 'm').exec(stat ?? '')?.[1] ?? 0;
  return Number(limit) - Number(used) + Number(cache);
}

function selfAndParents(group: string): string[] {
  const parts = group.split('/').filter((part) => part !== '');
  return [...parts.keys(), parts.length].map((count) => parts.slice(0, count).join('/'));
}
