import type { ApiKeyRepository, ApiKeyRow } from '../storage/types.js';
import type { Principal } from './principal.js';

/** How often the keys of open streams are looked up: they may be revoked by another process. */
const SWEEP_MS = 10_000;
/** The longest that a timer can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Whether a key opens anything (any more). */
export function isValid({ revokedAt, expiresAt }: Pick<ApiKeyRow, 'revokedAt' | 'expiresAt'>): boolean {
  return revokedAt === null && (expiresAt === null || expiresAt.getTime() > Date.now());
}

/** Tells those who hold something open on the strength of a key when the key is revoked or expires. */
export class KeyWatch {
  readonly #watchers = new Map<string, Set<() => void>>();
  #sweeping: NodeJS.Timeout | null = null;

  constructor(
    private readonly keys: Pick<ApiKeyRepository, 'findMany'>,
    private readonly sweepMs = SWEEP_MS,
  ) {}

  /** Has `onEnd` called when the key ends: at once where it is revoked here, at its expiry, soon where elsewhere. Returns the way out. */
  watch({ id, expiresAt }: NonNullable<Principal['key']>, onEnd: () => void): () => void {
    const watchers = this.#watchers.get(id) ?? new Set();
    this.#watchers.set(id, watchers.add(onEnd));
    this.#sweeping ??= setInterval(() => void this.sweep(), this.sweepMs).unref();
    // An expiry beyond the timer's reach is the sweep's.
    const left = expiresAt ? expiresAt.getTime() - Date.now() : Infinity;
    const expiry = left <= MAX_TIMER_MS ? setTimeout(() => this.end(id), left).unref() : undefined;
    return () => {
      clearTimeout(expiry);
      watchers.delete(onEnd);
      if (watchers.size === 0) this.#watchers.delete(id);
      if (this.#watchers.size > 0 || !this.#sweeping) return;
      clearInterval(this.#sweeping);
      this.#sweeping = null;
    };
  }

  /** To be called when a key has been revoked. */
  end(id: string): void {
    for (const onEnd of [...(this.#watchers.get(id) ?? [])]) onEnd();
  }

  /** Looks the watched keys up. */
  async sweep(): Promise<void> {
    const ids = [...this.#watchers.keys()];
    // A database that fails is asked again next time.
    const keys = await this.keys.findMany(ids).catch(() => null);
    if (!keys) return;
    const valid = new Set(keys.filter(isValid).map(({ id }) => id));
    for (const id of ids) if (!valid.has(id)) this.end(id);
  }
}
