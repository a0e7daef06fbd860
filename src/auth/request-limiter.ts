import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/** Counts what each client asks for within a minute, on HTTP and on sockets together. */
export class RequestLimiter {
  readonly #limiter: RateLimiterMemory;

  /** @param perMinute requests of one client */
  constructor(perMinute: number) {
    this.#limiter = new RateLimiterMemory({ points: perMinute, duration: 60 });
  }

  /** Counts one request. 0, or how many seconds a client that has asked for too much should wait. */
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

/** What a client that asked for too much is told. */
export function rateMessage(seconds: number): string {
  return `Too many requests; try again in ${seconds} s.`;
}
