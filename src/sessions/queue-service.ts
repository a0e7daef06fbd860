import type { SessionRow, Storage } from '../storage/index.js';
import { withLiveProgress } from '../progress/live-progress.js';
import type { ProgressHub } from '../progress/hub.js';
import type { Runner } from '../runs/runner.js';

/** The setting that survives a restart: `true` while no session shall be claimed. */
const PAUSED = 'queue.paused';

export interface QueueState {
  readonly paused: boolean;
  /** How many sessions wait. */
  readonly length: number;
  /** How long the first of them has waited, seconds; null where none waits. */
  readonly oldestWaitSeconds: number | null;
}

/** The queue, as operators see and pauseClaiming it. */
export class QueueService {
  constructor(
    private readonly storage: Pick<Storage, 'sessions' | 'settings'>,
    private readonly runner: Pick<Runner, 'pauseClaiming' | 'resumeClaiming' | 'isClaimingPaused'>,
    private readonly hub: Pick<ProgressHub, 'latest'>,
  ) {}

  /** Takes up what was decided before a restart. To be called before the runner starts. */
  async restore(): Promise<void> {
    if ((await this.storage.settings.get(PAUSED)) === 'true') this.runner.pauseClaiming();
  }

  /** From now on no session is claimed; the one that runs is finished. Again: no change. */
  async pause(): Promise<void> {
    await this.storage.settings.set(PAUSED, 'true');
    this.runner.pauseClaiming();
  }

  /** Sessions are claimed again. Again: no change. */
  async resume(): Promise<void> {
    await this.storage.settings.set(PAUSED, 'false');
    this.runner.resumeClaiming();
  }

  async state(): Promise<QueueState> {
    const { sessions } = this.storage;
    const [length, oldest] = await Promise.all([sessions.count({ statuses: ['QUEUED'] }), sessions.oldestQueued()]);
    return {
      paused: this.runner.isClaimingPaused,
      length,
      // Clocks may be set back.
      oldestWaitSeconds: oldest && Math.max(0, (Date.now() - oldest.queuedAt.getTime()) / 1000),
    };
  }

  /** The session that runs, with its present progress. */
  async running(): Promise<SessionRow | null> {
    const [session] = await this.storage.sessions.page({ limit: 1, statuses: ['RUNNING'] });
    return session ? withLiveProgress(this.hub, session) : null;
  }

  /** The sessions that wait, the next first. */
  async waiting(limit: number): Promise<SessionRow[]> {
    return await this.storage.sessions.waiting(limit);
  }
}
