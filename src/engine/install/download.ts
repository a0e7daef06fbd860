/**
 * Downloads the convolutions of a VGG from a safetensors file: the header and their byte ranges only (80 MB of
 * torchvision's 575 MB VGG19). A partial download is itself a safetensors file, whose header records the source's size
 * and ETag, so any process can resume it without extra state.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { constants, mkdir, open, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EngineError } from '../errors.js';
import { layOutConvolutions, type ConvolutionLayout } from './convolutions.js';
import { Interrupted, readRange, type RangeAnswer } from './http-range.js';
import { headerLength, parseHeader } from '../network/safetensors.js';
import { encodeHeader } from '../network/safetensors-writer.js';

export interface DownloadOptions {
  readonly url: string;
  /** Required SHA-256 of the convolutions' bytes in the order of the source, hexadecimal. */
  readonly sha256?: string | undefined;
  /** Metadata to write; overrides the metadata of the source. */
  readonly metadata?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  /** Maximum time without data before the connection is closed; default 30,000. */
  readonly idleTimeoutMs?: number;
  /** Delay before the second attempt, doubled for each further one; default 1000. */
  readonly retryDelayMs?: number;
}

export interface DownloadProgress {
  /** Bytes of convolutions on disk, including those of earlier attempts. */
  readonly received: number;
  readonly total: number;
}

/** Maximum consecutive attempts without progress. */
const MAX_FAILURES = 4;
/** The header of a VGG has 5 KB. */
const MAX_HEADER_BYTES = 2 ** 20;

/**
 * Downloads into `file`, or resumes the download in it.
 * @returns SHA-256 of the convolutions' bytes
 * @throws EngineError `NETWORK_NOT_FOUND` if the download fails, `NETWORK_INVALID` if the file is no VGG or has another
 *   SHA-256; the signal's reason
 */
export async function downloadConvolutions(file: string, options: DownloadOptions): Promise<string> {
  const { url, signal, retryDelayMs = 1000 } = options;
  let failures = 0;
  let most = 0;
  const onProgress = (progress: DownloadProgress) => {
    if (progress.received > most) failures = 0;
    most = Math.max(most, progress.received);
    options.onProgress?.(progress);
  };
  for (;;) {
    try {
      return await attempt(file, { ...options, onProgress });
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof EngineError)
        throw new EngineError(error.code, `${withoutSecrets(url)}: ${error.message}`, 'network');
      if (!(error instanceof Interrupted)) throw error;
      failures += 1;
      if (failures === MAX_FAILURES) {
        throw new EngineError(
          'NETWORK_NOT_FOUND',
          `Cannot download ${withoutSecrets(url)}: ${error.message}. Try again later, or set EASEL_WEIGHTS to a file.`,
          'network',
          { cause: error },
        );
      }
      await sleep(retryDelayMs * 2 ** (failures - 1), undefined, { signal }).catch(() => signal?.throwIfAborted());
    }
  }
}

interface Source {
  readonly answer: RangeAnswer;
  /** Offset of the tensors' bytes in the source. */
  readonly dataStart: number;
  readonly layout: ConvolutionLayout;
  /** First bytes of the target file: its length field and header. */
  readonly head: Uint8Array;
}

async function attempt(file: string, options: DownloadOptions): Promise<string> {
  const source = await readSource(options);
  await mkdir(path.dirname(file), { recursive: true });
  // Writes are positioned, so two processes that download the same file write the same bytes to the same places.
  const handle = await open(file, constants.O_RDWR | constants.O_CREAT);
  try {
    await fill(handle, source, options);
    await handle.sync();
  } finally {
    await handle.close();
  }
  const sha256 = await hashFrom(file, source.head.length);
  if (options.sha256 !== undefined && options.sha256 !== sha256) {
    await rm(file);
    throw new EngineError('NETWORK_INVALID', `the convolutions have SHA-256 ${sha256}, expected ${options.sha256}`);
  }
  return sha256;
}

async function readSource(options: DownloadOptions): Promise<Source> {
  const { url, metadata } = options;
  const { bytes: start, answer } = await readBytes(options, 8);
  const length = headerLength(start);
  if (length > MAX_HEADER_BYTES || (answer.size !== null && 8 + length > answer.size)) {
    throw new EngineError(
      'NETWORK_INVALID',
      `not a safetensors file: it states a header of ${length} bytes (the file has ${answer.size ?? 'an unknown number of'})`,
    );
  }
  const { bytes } = await readBytes(options, 8 + length, answer);
  const header = parseHeader(bytes, answer.size ?? Infinity);
  const layout = layOutConvolutions(header);
  const head = encodeHeader(layout.entries, {
    source: withoutSecrets(url),
    ...header.metadata,
    ...metadata,
    downloaded_from: withoutSecrets(url),
    downloaded_etag: answer.etag ?? '',
    downloaded_size: String(answer.size ?? ''),
  });
  return { answer, dataStart: header.dataStart, layout, head };
}

async function readBytes(
  { url, signal, idleTimeoutMs = 30_000 }: DownloadOptions,
  end: number,
  expected?: RangeAnswer,
): Promise<{ bytes: Uint8Array; answer: RangeAnswer }> {
  const chunks: Uint8Array[] = [];
  const answer = await readRange({ url, begin: 0, end, expected, signal, idleTimeoutMs }, (chunk) => {
    chunks.push(chunk);
    return Promise.resolve();
  });
  return { bytes: Buffer.concat(chunks), answer };
}

/** Writes the head unless the file begins with it, then downloads the missing data. */
async function fill(handle: FileHandle, { answer, dataStart, layout, head }: Source, options: DownloadOptions) {
  const { url, signal, onProgress, idleTimeoutMs = 30_000 } = options;
  const { size } = await handle.stat();
  const { buffer } = await handle.read(new Uint8Array(head.length), { position: 0 });
  const resumes = Buffer.compare(buffer, head) === 0 && size <= head.length + layout.byteLength;
  if (!resumes) {
    await handle.truncate();
    await writeAt(handle, head, 0);
  }
  let received = resumes ? size - head.length : 0;
  const report = () => onProgress?.({ received, total: layout.byteLength });
  report();
  let before = 0;
  for (const run of layout.runs) {
    const begin = run.begin + Math.max(0, received - before);
    before += run.end - run.begin;
    if (begin >= run.end) continue;
    const range = { url, begin: dataStart + begin, end: dataStart + run.end, expected: answer, signal, idleTimeoutMs };
    await readRange(range, async (chunk) => {
      await writeAt(handle, chunk, head.length + received);
      received += chunk.length;
      report();
    });
  }
}

/** Writes all bytes; a single `write` may write fewer. */
async function writeAt(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    done += (await handle.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
  }
}

async function hashFrom(file: string, start: number): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { start })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** A URL without user, password and query, for logs, errors and metadata. */
export function withoutSecrets(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}
