/** The folder of networks that are not embedded (EASEL_CACHE): `networks/<name>.safetensors`, one a name. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { EngineError } from '../errors.js';

/** Networks that come with the program; their names are taken. */
export const EMBEDDED_NETWORKS = ['vgg19-half', 'vgg19-quarter'] as const;

const EXTENSION = '.safetensors';
/** Begins with a letter or digit and holds no separator, so that no name leads out of the folder or to a hidden file. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

const isNetworkName = (name: string): boolean => NAME.test(name);

/**
 * Where the network of that name lies, or would lie.
 * @throws EngineError `INVALID_RECIPE` for what is no name
 */
export function networkFile(home: string, name: string): string {
  if (!isNetworkName(name)) {
    throw new EngineError(
      'INVALID_RECIPE',
      `${JSON.stringify(name)} is no network's name: 1 to 64 letters, digits, dots, hyphens or underscores, a letter or digit first`,
      'network',
    );
  }
  return path.join(home, 'networks', name + EXTENSION);
}

/** Names of the networks in the folder, sorted; none where there is no folder. */
export async function namesIn(home: string): Promise<string[]> {
  const files = await readdir(path.join(home, 'networks')).catch(() => []);
  return files
    .filter((file) => file.endsWith(EXTENSION))
    .map((file) => file.slice(0, -EXTENSION.length))
    .filter(isNetworkName)
    .sort();
}
