import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';

type Encoding = 'br' | 'gzip' | 'identity';

const ENCODE: Record<Encoding, (bytes: Buffer) => Promise<Buffer>> = {
  br: promisify(brotliCompress),
  gzip: promisify(gzip),
  identity: (bytes) => Promise.resolve(bytes),
};

/** The files of one folder, few and fixed, each compressed once when it is first asked for. */
export class CompressedFiles {
  readonly #bodies = new Map<string, Promise<Buffer | null>>();

  constructor(private readonly folder: string) {}

  /** Null where the folder has no such file. */
  async read(name: string, encoding: Encoding): Promise<Buffer | null> {
    // A plain name: it cannot lead out of the folder.
    if (!/^[\w-][\w.-]*$/.test(name)) return null;
    const key = `${encoding} ${name}`;
    const body =
      this.#bodies.get(key) ??
      readFile(path.join(this.folder, name)).then(ENCODE[encoding], () => null as Buffer | null);
    // What is not there may be asked for without end, and is not kept.
    if (await body) this.#bodies.set(key, body);
    return await body;
  }
}
