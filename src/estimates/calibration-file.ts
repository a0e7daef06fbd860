/** A machine's measured speed, kept in EASEL_CACHE for the next start: one file for each machine and way to compute. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { KINDS, type UnitCosts } from '../engine/index.js';

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };

/** All that a speed holds for, in words: a new version of the program, or another processor, is measured anew. */
export function calibrationKey(backend: string, threads: number): string {
  return `easel ${version}, ${backend}, ${threads} threads, ${process.arch}, ${os.cpus()[0]?.model ?? 'unknown CPU'}`;
}

/** The speed measured under that key; null where there is none, or its file is damaged. */
export async function readCalibration(home: string, key: string): Promise<UnitCosts | null> {
  try {
    const stored = JSON.parse(await readFile(fileOf(home, key), 'utf8')) as Partial<Stored> | null;
    return stored?.key === key && isSpeed(stored.speed) ? stored.speed : null;
  } catch {
    return null;
  }
}

/** In the file's place at once, or not at all. */
export async function writeCalibration(home: string, key: string, speed: UnitCosts): Promise<void> {
  const file = fileOf(home, key);
  const unfinished = `${file}.${process.pid}`;
  await mkdir(path.dirname(file), { recursive: true });
  try {
    await writeFile(unfinished, JSON.stringify({ key, speed } satisfies Stored, null, 2));
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

interface Stored {
  readonly key: string;
  readonly speed: UnitCosts;
}

const fileOf = (home: string, key: string) =>
  path.join(home, 'calibrations', `${createHash('sha256').update(key).digest('hex').slice(0, 16)}.json`);

function isSpeed(speed: unknown): speed is UnitCosts {
  if (typeof speed !== 'object' || speed === null) return false;
  const seconds = KINDS.map((kind) => (speed as Partial<Record<string, unknown>>)[kind]);
  return seconds.every((value) => typeof value === 'number' && value >= 0 && Number.isFinite(value));
}
