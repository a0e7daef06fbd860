/** Measured unit costs in the network cache (EASEL_CACHE), for the next start: one file per machine, backend and thread count. */
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { WORK_KINDS, type UnitCosts } from '../engine/index.js';

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };

interface CalibrationFile {
  readonly key: string;
  readonly costs: UnitCosts;
}

/** Everything that unit costs depend on: a new version of the program or another processor is measured again. */
export function calibrationKey(backend: string, threads: number): string {
  return `easel ${version}, ${backend}, ${threads} threads, ${process.arch}, ${os.cpus()[0]?.model ?? 'unknown CPU'}`;
}

/** The unit costs stored under the key; null if there are none or the file is damaged. */
export async function readCalibration(cacheDir: string, key: string): Promise<UnitCosts | null> {
  try {
    const stored = JSON.parse(await readFile(fileOf(cacheDir, key), 'utf8')) as Partial<CalibrationFile> | null;
    return stored?.key === key && isUnitCosts(stored.costs) ? stored.costs : null;
  } catch {
    return null;
  }
}

export async function writeCalibration(cacheDir: string, key: string, costs: UnitCosts): Promise<void> {
  const file = fileOf(cacheDir, key);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFileAtomic(file, JSON.stringify({ key, costs } satisfies CalibrationFile, null, 2));
}

function fileOf(cacheDir: string, key: string): string {
  const name = createHash('sha256').update(key).digest('hex').slice(0, 16);
  return path.join(cacheDir, 'calibrations', `${name}.json`);
}

function isUnitCosts(costs: unknown): costs is UnitCosts {
  if (typeof costs !== 'object' || costs === null) return false;
  const seconds = WORK_KINDS.map((kind) => (costs as Partial<Record<string, unknown>>)[kind]);
  return seconds.every((value) => typeof value === 'number' && value >= 0 && Number.isFinite(value));
}
