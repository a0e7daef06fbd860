import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/** Limits the requests of each client per minute, over HTTP and WebSocket together. */
export class RequestLimiter {
  readonly #limiter: RateLimiterMemory;

  /** @param perMinute requests per client and minute */
  constructor(perMinute: number) {
    this.#limiter = new RateLimiterMemory({ points: perMinute, duration: 60 });
  }

  /** Counts one request. Returns 0, or the seconds to wait if the client is over its limit. */
  async take(client: string): Promise<number> {
    try {
      await this.#limiter.consume(client);
      return 0;
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      return Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
    }
  }
}

/** The message of a RATE_LIMITED error. */
export function rateMessage(seconds: number): string {
  return `Too many requests in this minute. Try again in ${seconds} s.`;
}
