import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';

/** Deletes a file, unless it was changed after `changedBefore`. Returns how many bytes it had; null where there was none. */
export async function deleteOldFile(file: string, changedBefore?: Date): Promise<number | null> {
  const stats = await stat(file).catch(() => null);
  if (!stats || (changedBefore && stats.mtime > changedBefore)) return null;
  await rm(file, { force: true });
  return stats.size;
}

/** Deletes those of a folder's files that bear such a name and were not changed lately. Returns how many bytes went. */
export async function deleteOldFiles(
  folder: string,
  changedBefore: Date,
  isMeant: (name: string) => boolean = () => true,
): Promise<number> {
  const names = (await readdir(folder)).filter(isMeant);
  const deleted = await Promise.all(names.map((name) => deleteOldFile(path.join(folder, name), changedBefore)));
  return deleted.reduce<number>((sum, bytes) => sum + (bytes ?? 0), 0);
}
