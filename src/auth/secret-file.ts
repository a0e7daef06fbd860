import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';

const BYTES = 32;

/** The secret that a data folder's addresses are signed with; made where it is missing, for the owner's eyes only. */
export async function openUrlSecret(dataDir: string): Promise<Buffer> {
  const file = path.join(dataDir, 'url-secret');
  const kept = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (kept?.length === BYTES) return kept;
  const secret = randomBytes(BYTES);
  // Renamed into place, so that no power cut leaves half of it.
  await writeFile(`${file}.new`, secret, { mode: 0o600 });
  await rename(`${file}.new`, file);
  return secret;
}
