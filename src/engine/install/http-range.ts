/** Reads one byte range of a resource over HTTP and checks the server's headers. */
import { EngineError } from '../errors.js';

export interface RangeRequest {
  readonly url: string;
  /** Bytes [begin, end). */
  readonly begin: number;
  readonly end: number;
  /** Answer to an earlier range of the resource; a different answer means that the resource has changed. */
  readonly expected?: RangeAnswer | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Maximum time without data before the connection is closed. */
  readonly idleTimeoutMs: number;
}

export interface RangeAnswer {
  /** Size of the whole resource, bytes; null if the server does not state it. */
  readonly size: number | null;
  readonly etag: string | null;
}

/** A temporary failure, such as a lost connection or an overloaded server: try again. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

const MAX_REDIRECTS = 5;
const REDIRECTS = [301, 302, 303, 307, 308];

/**
 * Reads a range. From a server that ignores ranges, everything up to the range's end is read.
 * @param onChunk receives exactly the range's bytes, in order
 * @throws Interrupted; EngineError `NETWORK_NOT_FOUND` if another attempt is pointless; the signal's reason
 */
export async function readRange(
  request: RangeRequest,
  onChunk: (chunk: Uint8Array) => Promise<void>,
): Promise<RangeAnswer> {
  const { begin, end, signal, idleTimeoutMs } = request;
  const silence = new AbortController();
  const timer = setTimeout(
    () => silence.abort(new Interrupted(`no data for ${idleTimeoutMs / 1000} s`)),
    idleTimeoutMs,
  );
  const stop = signal ? AbortSignal.any([silence.signal, signal]) : silence.signal;
  try {
    const response = await orInterrupted(stop, () => follow(request, stop));
    const reader = response.body?.getReader();
    try {
      const { answer, start } = checkAnswer(response, request);
      let position = start;
      while (position < end) {
        const { done = true, value } = (await orInterrupted(stop, async () => reader?.read())) ?? {};
        if (done || !value) throw new Interrupted(`the connection ended ${end - position} bytes early`);
        timer.refresh();
        const wanted = value.subarray(Math.max(0, begin - position), Math.max(0, end - position));
        if (wanted.length > 0) await onChunk(wanted);
        position += value.length;
      }
      return answer;
    } finally {
      await reader?.cancel().catch(() => undefined);
    }
  } finally {
    clearTimeout(timer);
  }
}

/** Follows redirects. `fetch` would follow up to twenty, also from https to http. */
async function follow({ url, begin, end }: RangeRequest, signal: AbortSignal): Promise<Response> {
  let location = new URL(url);
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    const response = await fetch(location, {
      headers: { Range: `bytes=${begin}-${end - 1}` },
      redirect: 'manual',
      signal,
    });
    if (!REDIRECTS.includes(response.status)) return response;
    await response.body?.cancel();
    const target = response.headers.get('location') ?? '';
    if (!URL.canParse(target, location)) throw refused(`redirects to ${JSON.stringify(target)}`);
    const next = new URL(target, location);
    if (next.protocol !== 'https:' && next.protocol !== location.protocol) {
      throw refused(`redirects from ${location.protocol}// to ${next.protocol}//`);
    }
    location = next;
  }
  throw refused(`redirects more than ${MAX_REDIRECTS} times`);
}

/** The size and ETag of the resource, and the byte at which the body starts. */
function checkAnswer(
  { status, headers }: Response,
  { begin, end, expected }: RangeRequest,
): { answer: RangeAnswer; start: number } {
  if (status === 408 || status === 429 || status >= 500) throw new Interrupted(`the server answered ${status}`);
  if (status !== 200 && status !== 206) throw refused(`answers ${status}`);
  const encoding = headers.get('content-encoding') ?? 'identity';
  if (encoding !== 'identity') throw refused(`answers in the encoding ${encoding}`);
  const length = numberOf(headers.get('content-length'));
  const size = status === 206 ? sizeInRange(headers.get('content-range'), begin, end) : length;
  if (status === 206 && length !== null && length !== end - begin) {
    throw refused(`announces ${length} bytes for a range of ${end - begin}`);
  }
  if (size !== null && size < end) throw refused(`has ${size} bytes, expected at least ${end}`);
  const answer = { size, etag: headers.get('etag') };
  if (expected && (expected.size !== answer.size || expected.etag !== answer.etag)) {
    throw new Interrupted('the file has changed on the server');
  }
  return { answer, start: status === 206 ? begin : 0 };
}

/** The size in a `Content-Range`, which must state exactly the requested range. */
function sizeInRange(contentRange: string | null, begin: number, end: number): number | null {
  const [, from, to, size] = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(contentRange ?? '') ?? [];
  if (Number(from) !== begin || Number(to) !== end - 1) {
    throw refused(`answers with the range ${contentRange ?? '(none)'} to a request for ${begin}-${end - 1}`);
  }
  return size === '*' ? null : Number(size);
}

const numberOf = (text: string | null) => (text !== null && /^\d+$/.test(text) ? Number(text) : null);

const refused = (message: string) => new EngineError('NETWORK_NOT_FOUND', `the server ${message}`, 'network');

/** Turns connection failures into `Interrupted`, and an abort into its reason. */
async function orInterrupted<T>(stop: AbortSignal, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    stop.throwIfAborted();
    if (error instanceof EngineError) throw error;
    // The message of `fetch` is always "fetch failed"; the cause has the reason.
    const { message, cause } = error as Error & { cause?: { code?: string; message?: string } };
    throw new Interrupted(cause?.code ?? cause?.message ?? message, { cause: error });
  }
}
