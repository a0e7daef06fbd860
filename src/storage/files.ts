/** Files that survive a power cut once they are said to be written, and files that are old enough to be deleted. */
import { open, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';

/**
 * Writes a new file and forces it to disk. (write-file-atomic renames as well, but forces no folder to disk, so a power cut
 * could take the file with its name.)
 */
export async function writeDurably(file: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Forces a file's content to disk, whichever process wrote it. */
export async function syncFile(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Forces a folder's file names to disk. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open a folder; its file systems journal names themselves.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Deletes a file unless it changed after `changedBefore`. Returns its size in bytes; null where nothing was deleted. */
export async function deleteOldFile(file: string, changedBefore?: Date): Promise<number | null> {
  const stats = await stat(file).catch(() => null);
  if (!stats || (changedBefore && stats.mtime > changedBefore)) return null;
  await rm(file, { force: true });
  return stats.size;
}

/** Deletes the files of a folder that have a matching name and did not change lately. Returns the bytes freed. */
export async function deleteOldFiles(
  folder: string,
  changedBefore: Date,
  matches: (name: string) => boolean = () => true,
): Promise<number> {
  const names = (await readdir(folder)).filter(matches);
  const deleted = await Promise.all(names.map((name) => deleteOldFile(path.join(folder, name), changedBefore)));
  return deleted.reduce<number>((sum, bytes) => sum + (bytes ?? 0), 0);
}
