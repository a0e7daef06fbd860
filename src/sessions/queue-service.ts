import type { Signals } from '../core/signals.js';
import { QUEUE_PAUSED_SETTING } from '../core/status.js';
import { withLiveProgress, type ProgressHub } from '../progress/hub.js';
import type { SessionRow, Storage } from '../storage/index.js';

export interface QueueState {
  readonly paused: boolean;
  /** Number of QUEUED sessions. */
  readonly length: number;
  /** How long the first session has been queued, seconds; null if the queue is empty. */
  readonly oldestWaitSeconds: number | null;
}

/** The queue, as operators see and pause it. */
export class QueueService {
  constructor(
    private readonly storage: Pick<Storage, 'sessions' | 'settings'>,
    private readonly signals: Pick<Signals, 'wake'>,
    private readonly hub: Pick<ProgressHub, 'latest'>,
  ) {}

  /** Workers claim no session from now on; the running session is finished. Survives a restart. Idempotent. */
  async pause(): Promise<void> {
    await this.storage.settings.set(QUEUE_PAUSED_SETTING, 'true');
  }

  /** Workers claim sessions again. Idempotent. */
  async resume(): Promise<void> {
    await this.storage.settings.set(QUEUE_PAUSED_SETTING, 'false');
    this.signals.wake();
  }

  async state(): Promise<QueueState> {
    const { sessions, settings } = this.storage;
    const [paused, length, oldest] = await Promise.all([
      settings.get(QUEUE_PAUSED_SETTING),
      sessions.count({ statuses: ['QUEUED'] }),
      sessions.oldestQueued(),
    ]);
    return {
      paused: paused === 'true',
      length,
      // Not negative, also if the clock was set back.
      oldestWaitSeconds: oldest && Math.max(0, (Date.now() - oldest.queuedAt.getTime()) / 1000),
    };
  }

  /** The running session with its live progress; null if none is running. */
  async running(): Promise<SessionRow | null> {
    const [session] = await this.storage.sessions.page({ limit: 1, statuses: ['RUNNING'] });
    return session ? withLiveProgress(this.hub, session) : null;
  }

  /** The first QUEUED sessions, in the order in which they will be claimed. */
  async waiting(limit: number): Promise<SessionRow[]> {
    return await this.storage.sessions.waiting(limit);
  }
}
