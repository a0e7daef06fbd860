import type { Viewer } from '../core/viewer.js';
import type { ApiKeyRepository, ApiKeyRow } from '../storage/index.js';

/** How often the keys of open streams are looked up, milliseconds: another process may revoke them. */
const SWEEP_MS = 10_000;
/** Longest delay of a timer, milliseconds. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Whether a key is neither revoked nor expired. */
export function isValid({ revokedAt, expiresAt }: Pick<ApiKeyRow, 'revokedAt' | 'expiresAt'>): boolean {
  return revokedAt === null && (expiresAt === null || expiresAt.getTime() > Date.now());
}

/** Notifies the holders of open streams when their API key is revoked or expires. */
export class KeyWatch {
  readonly #watchers = new Map<string, Set<() => void>>();
  #sweeping: NodeJS.Timeout | null = null;

  constructor(
    private readonly keys: Pick<ApiKeyRepository, 'findMany'>,
    private readonly sweepMs = SWEEP_MS,
  ) {}

  /**
   * Calls `onEnd` when the key ends: immediately if this process revokes it, when it expires, and within `sweepMs` if
   * another process revokes it. Returns a function that stops watching.
   */
  watch({ id, expiresAt }: NonNullable<Viewer['key']>, onEnd: () => void): () => void {
    const watchers = this.#watchers.get(id) ?? new Set();
    this.#watchers.set(id, watchers.add(onEnd));
    this.#sweeping ??= setInterval(() => void this.sweep(), this.sweepMs).unref();
    // `sweep` notices an expiry that is too far away for a timer.
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

  /** Notifies the watchers of a key that has ended. */
  end(id: string): void {
    for (const onEnd of [...(this.#watchers.get(id) ?? [])]) onEnd();
  }

  /** Looks up the watched keys. */
  async sweep(): Promise<void> {
    const ids = [...this.#watchers.keys()];
    // If the database fails, the next sweep tries again.
    const keys = await this.keys.findMany(ids).catch(() => null);
    if (!keys) return;
    const valid = new Set(keys.filter(isValid).map(({ id }) => id));
    for (const id of ids) if (!valid.has(id)) this.end(id);
  }
}
