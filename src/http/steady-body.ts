import type { Request } from 'express';
import { HttpError } from './errors.js';

/** How slow a request's body may come in. */
export interface SteadyLimits {
  /** Longest time without a byte, milliseconds. */
  readonly idleMs: number;
  /** Least bytes a second, averaged since the beginning. */
  readonly bytesPerSecond: number;
  /** Time before the average counts, milliseconds. */
  readonly graceMs: number;
}

/** A phone on a bad connection sends more than this; a client that holds a place and sends nothing does not. */
const LIMITS: SteadyLimits = { idleMs: 10_000, bytesPerSecond: 4096, graceMs: 20_000 };
const CHECK_MS = 1000;

/**
 * Does work that reads a request's body. Throws `HttpError` REQUEST_TIMEOUT (408) as soon as the body stalls or comes too
 * slowly; the connection is closed after the answer.
 */
export async function withSteadyBody<T>(
  request: Request,
  work: () => Promise<T>,
  { idleMs, bytesPerSecond, graceMs }: SteadyLimits = LIMITS,
): Promise<T> {
  const { socket } = request;
  const begin = performance.now();
  const beginBytes = socket.bytesRead;
  let lastBytes = beginBytes;
  let lastAt = begin;
  let timer: NodeJS.Timeout | undefined;
  const stalled = new Promise<never>((_, reject) => {
    timer = setInterval(
      () => {
        if (request.complete) return clearInterval(timer);
        const now = performance.now();
        if (socket.bytesRead > lastBytes) [lastBytes, lastAt] = [socket.bytesRead, now];
        const rate = (lastBytes - beginBytes) / ((now - begin) / 1000);
        if (now - lastAt < idleMs && (now - begin < graceMs || rate >= bytesPerSecond)) return;
        request.res?.once('close', () => request.destroy());
        request.res?.set('Connection', 'close');
        reject(tooSlow(idleMs, bytesPerSecond));
      },
      Math.min(CHECK_MS, idleMs),
    );
  });
  try {
    return await Promise.race([work(), stalled]);
  } finally {
    clearInterval(timer);
  }
}

function tooSlow(idleMs: number, bytesPerSecond: number): HttpError {
  return new HttpError(
    408,
    'REQUEST_TIMEOUT',
    `The upload stalled: the server waits at most ${idleMs / 1000} s for the next byte, and expects ${bytesPerSecond} bytes a second. Send it again.`,
  );
}
