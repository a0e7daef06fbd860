import type { Losses } from '../engine/types/run.js';
import type { SessionRow, Storage } from '../storage/index.js';
import { sessionNotFound, UserError } from '../core/errors.js';
import type { Estimate } from '../estimates/estimator.js';
import type { Idempotency } from './idempotency.js';
import type { FeedChannel } from '../progress/feed-channel.js';
import { withLiveProgress } from '../progress/live-progress.js';
import type { ChannelOptions, ProgressChannel } from '../progress/progress-channel.js';
import type { ProgressHub } from '../progress/hub.js';
import type { Runner } from '../runs/runner.js';
import type { CreateSession, SessionCreator } from './session-creator.js';
import type { SessionFeed } from '../progress/feed.js';
import type { SnapshotReader } from '../progress/snapshot.js';
import { isTerminal, TRANSITIONS } from '../core/status.js';
import { isVisible, type Viewer } from '../core/viewer.js';

export interface FoundPreview {
  readonly bytes: Uint8Array;
  readonly mimeType: string;
  /** False where the one asked for is gone and this is a newer one. */
  readonly exact: boolean;
}

export interface ServiceOptions {
  readonly storage: Pick<Storage, 'sessions'>;
  readonly creator: SessionCreator;
  readonly idempotency: Idempotency;
  readonly snapshots: SnapshotReader;
  readonly hub: ProgressHub;
  readonly runner: Pick<Runner, 'wake' | 'cancel'>;
  readonly feed: SessionFeed;
}

/**
 * What can be done with sessions. Mistakes of the caller are thrown as `UserError` or `UserErrors`. For a viewer there are
 * only the sessions of their own, for an admin all.
 */
export class SessionService {
  constructor(private readonly options: ServiceOptions) {}

  /** Checks the input and queues a session, which is then the viewer's; or finds the one that the key stands for. */
  async create(viewer: Viewer, input: CreateSession, idempotencyKey?: string): Promise<SessionRow> {
    const { creator, idempotency, runner } = this.options;
    const session = await idempotency.once(viewer, idempotencyKey, input, (mark) =>
      creator.create(viewer, input, mark),
    );
    runner.wake();
    return session;
  }

  /** What a session of that input would cost, and whether it fits; writes nothing. Throws as `create` does. */
  async estimate(viewer: Viewer, input: CreateSession): Promise<Estimate> {
    return await this.options.creator.estimate(viewer, input);
  }

  /** Those of these sessions that the viewer has, with their present progress. */
  async findMany(viewer: Viewer, ids: readonly string[]): Promise<SessionRow[]> {
    const sessions = await this.options.storage.sessions.findMany(ids);
    const visible = sessions.filter((session) => isVisible(viewer, session));
    return visible.map((session) => withLiveProgress(this.options.hub, session));
  }

  /**
   * Cancels a waiting or paused session at once; asks a running one to stop, which it does within a step. Cancelling a cancelled
   * session changes nothing. Throws SESSION_NOT_FOUND or NOT_CANCELLABLE.
   */
  async cancel(viewer: Viewer, id: string): Promise<SessionRow> {
    const { storage, hub, runner } = this.options;
    await this.get(viewer, id);
    for (;;) {
      const { from, to } = TRANSITIONS.cancelQueued;
      const withdrawn = await storage.sessions.transition(id, { from }, to, { finishedAt: new Date() });
      if (withdrawn) {
        hub.publishStatus(withdrawn);
        return withdrawn;
      }
      const isRunning = await storage.sessions.requestCancel(id);
      if (isRunning) runner.cancel(id);
      const session = await this.get(viewer, id);
      if (isRunning || session.status === 'CANCELLED') return session;
      if (isTerminal(session.status)) {
        throw new UserError(
          'NOT_CANCELLABLE',
          `The session is ${session.status}, so there is nothing to cancel.`,
          'id',
        );
      }
      // Its status changed between the two attempts: look again.
    }
  }

  /** A session with its present progress, or null. */
  async find(viewer: Viewer, id: string): Promise<SessionRow | null> {
    const session = await this.options.storage.sessions.find(id);
    return session && isVisible(viewer, session) ? withLiveProgress(this.options.hub, session) : null;
  }

  /** A session with its present progress. Throws SESSION_NOT_FOUND. */
  async get(viewer: Viewer, id: string): Promise<SessionRow> {
    const session = await this.find(viewer, id);
    if (!session) throw sessionNotFound(id);
    return session;
  }

  /** The losses of the latest step of a session that runs, with their layers; null of one that does not. */
  liveLosses(id: string): Losses | null {
    return this.options.hub.latest(id)?.progress?.losses ?? null;
  }

  /** Opens the live stream of a session. Throws SESSION_NOT_FOUND. */
  async watch(viewer: Viewer, id: string, options: ChannelOptions): Promise<ProgressChannel> {
    if (!(await this.#has(viewer, id))) throw sessionNotFound(id);
    const channel = await this.options.hub.subscribe(id, options);
    if (!channel) throw sessionNotFound(id);
    return channel;
  }

  /** Opens the stream of what happens to the viewer's sessions; to an admin's eyes everybody's, unless only `mine`. */
  watchAll(viewer: Viewer, { mine }: { readonly mine: boolean }): FeedChannel {
    return this.options.feed.subscribe(
      (session) => isVisible(viewer, session) && (!mine || session.ownerId === viewer.ownerId),
    );
  }

  /**
   * The preview of the step record `seq`, or a newer one where that has been replaced; its long side is at most
   * `maxSide` pixels. Null where there is none (any more).
   */
  async findPreview(viewer: Viewer, id: string, seq: number, maxSide: number): Promise<FoundPreview | null> {
    if (!(await this.#has(viewer, id))) return null;
    const frame = this.options.hub.frame(id) ?? (await this.options.snapshots.read(id))?.frame;
    if (!frame || frame.seq < seq) return null;
    const { bytes, mimeType } = await frame.encode(maxSide);
    return { bytes, mimeType, exact: frame.seq === seq };
  }

  /** Whether the viewer has such a session; costs a query only where the hub does not hold it. */
  async #has(viewer: Viewer, id: string): Promise<boolean> {
    const session = this.options.hub.latest(id)?.session ?? (await this.options.storage.sessions.find(id));
    return session !== null && isVisible(viewer, session);
  }
}
