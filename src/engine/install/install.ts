/** Comes by a network that is not at hand: downloads it where it has to, and normalises it. */
import { rm } from 'node:fs/promises';
import type { Backend } from '../backend/backend.js';
import { EngineError } from '../errors.js';
import { downloadConvolutions, type DownloadProgress } from './download.js';
import { importNetwork } from './import.js';
import type { MissingNetwork } from './locate.js';
import { VGG19_METADATA, VGG19_URL } from './vgg19-source.js';
import type { RgbImage } from '../../core/pixels.js';

export interface InstallRequest {
  readonly network: MissingNetwork;
  /** What activations are measured on. */
  readonly pictures: readonly RgbImage[];
  /** SHA-256 that downloaded convolutions must have. */
  readonly sha256?: string | undefined;
}

/**
 * Puts the network's file where it is looked for. A download that is cut leaves a `.part` beside it and is continued by
 * the next call.
 * @returns SHA-256 of the convolutions' bytes as they were downloaded; null where nothing was
 * @throws EngineError `NETWORK_NOT_FOUND`, `NETWORK_INVALID`
 */
export async function installNetwork(
  { network: { from, target }, pictures, sha256 }: InstallRequest,
  backend: Backend,
  onProgress?: (progress: DownloadProgress) => void,
): Promise<string | null> {
  if ('file' in from) {
    await importNetwork({ source: from.file, target, pictures }, backend);
    return null;
  }
  const part = `${target}.part`;
  const metadata = from.url === VGG19_URL ? VGG19_METADATA : {};
  const fetched = await downloadConvolutions(part, { url: from.url, sha256, metadata, onProgress });
  try {
    // The bytes' own hash, so that every machine writes the same file.
    await importNetwork({ source: part, target, pictures, metadata: { imported_from_sha256: fetched } }, backend);
  } catch (error) {
    // What is of no use would otherwise be taken for complete the next time.
    if (error instanceof EngineError && error.code === 'NETWORK_INVALID') await rm(part, { force: true });
    throw error;
  }
  await rm(part, { force: true });
  return fetched;
}
