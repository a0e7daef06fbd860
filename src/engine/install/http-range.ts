/** One byte range of a resource over HTTP, with everything that the server says about it checked. */
import { EngineError } from '../errors.js';

export interface RangeRequest {
  readonly url: string;
  /** Bytes [begin, end) are wanted. */
  readonly begin: number;
  readonly end: number;
  /** What an earlier range of the same resource said; another answer means that the resource has changed. */
  readonly expected?: RangeAnswer | undefined;
  readonly signal?: AbortSignal | undefined;
  /** A connection that is silent for so long is given up. */
  readonly idleTimeoutMs: number;
}

export interface RangeAnswer {
  /** Size of the whole resource; null where the server does not say. */
  readonly size: number | null;
  readonly etag: string | null;
}

/** What may go better at the next attempt: a connection cut or refused, a server that is overloaded. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

const MAX_REDIRECTS = 5;
const REDIRECTS = [301, 302, 303, 307, 308];

/**
 * Reads a range. A server that ignores ranges is read from the start and left at the range's end.
 * @param onChunk gets exactly the range's bytes, in order
 * @throws Interrupted; EngineError `NETWORK_NOT_FOUND` where there is no use in trying again; the signal's reason
 */
export async function readRange(
  request: RangeRequest,
  onChunk: (chunk: Uint8Array) => Promise<void>,
): Promise<RangeAnswer> {
  const { begin, end, signal, idleTimeoutMs } = request;
  const silence = new AbortController();
  const timer = setTimeout(
    () => silence.abort(new Interrupted(`nothing came for ${idleTimeoutMs / 1000} s`)),
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

/** By hand rather than by `fetch`, which follows twenty and from https to http, too. */
async function follow({ url, begin, end }: RangeRequest, signal: AbortSignal): Promise<Response> {
  let place = new URL(url);
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    const response = await fetch(place, {
      headers: { Range: `bytes=${begin}-${end - 1}` },
      redirect: 'manual',
      signal,
    });
    if (!REDIRECTS.includes(response.status)) return response;
    await response.body?.cancel();
    const location = response.headers.get('location') ?? '';
    if (!URL.canParse(location, place)) throw refused(`redirects to ${JSON.stringify(location)}`);
    const next = new URL(location, place);
    if (next.protocol !== 'https:' && next.protocol !== place.protocol) {
      throw refused(`redirects from ${place.protocol}// to ${next.protocol}//`);
    }
    place = next;
  }
  throw refused(`redirects more than ${MAX_REDIRECTS} times`);
}

/** What the answer says of the resource, and at which byte of it the body begins. */
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
  if (size !== null && size < end) throw refused(`has ${size} bytes, ${end} at least were expected`);
  const answer = { size, etag: headers.get('etag') };
  if (expected && (expected.size !== answer.size || expected.etag !== answer.etag)) {
    throw new Interrupted('the file has changed on the server');
  }
  return { answer, start: status === 206 ? begin : 0 };
}

/** The whole size as a `Content-Range` states it, which must name just the range that was asked for. */
function sizeInRange(contentRange: string | null, begin: number, end: number): number | null {
  const [, from, to, size] = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(contentRange ?? '') ?? [];
  if (Number(from) !== begin || Number(to) !== end - 1) {
    throw refused(`answers with the range ${contentRange ?? 'nowhere stated'}, ${begin}-${end - 1} was asked for`);
  }
  return size === '*' ? null : Number(size);
}

const numberOf = (text: string | null) => (text !== null && /^\d+$/.test(text) ? Number(text) : null);

const refused = (message: string) => new EngineError('NETWORK_NOT_FOUND', `the server ${message}`, 'network');

/** Failures of the connection as `Interrupted`, an abort as its reason. */
async function orInterrupted<T>(stop: AbortSignal, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    stop.throwIfAborted();
    if (error instanceof EngineError) throw error;
    // `fetch` says "fetch failed" and keeps to itself why.
    const { message, cause } = error as Error & { cause?: { code?: string; message?: string } };
    throw new Interrupted(cause?.code ?? cause?.message ?? message, { cause: error });
  }
}
