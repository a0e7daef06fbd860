import type { Losses } from '../engine/types.js';
import type { SessionRow, Storage } from '../storage/index.js';
import { UserError } from './errors.js';
import { withLiveProgress } from './live-progress.js';
import type { ChannelOptions, ProgressChannel } from './progress-channel.js';
import type { ProgressHub } from './progress-hub.js';
import type { Runner } from './runner.js';
import type { CreateSession, SessionCreator } from './session-creator.js';
import type { SnapshotReader } from './snapshot.js';
import { isTerminal, TRANSITIONS } from './state.js';

export interface FoundPreview {
  readonly bytes: Uint8Array;
  readonly mimeType: string;
  /** False where the one asked for is gone and this is a newer one. */
  readonly exact: boolean;
}

export interface ServiceOptions {
  readonly storage: Pick<Storage, 'sessions'>;
  readonly creator: SessionCreator;
  readonly snapshots: SnapshotReader;
  readonly hub: ProgressHub;
  readonly runner: Pick<Runner, 'wake' | 'cancel'>;
}

/** What can be done with sessions. Mistakes of the caller are thrown as `UserError` or `UserErrors`. */
export class SessionService {
  constructor(private readonly options: ServiceOptions) {}

  /** Checks the input and queues a session. */
  async create(input: CreateSession): Promise<SessionRow> {
    const session = await this.options.creator.create(input);
    this.options.runner.wake();
    return session;
  }

  /**
   * Cancels a waiting session at once; asks a running one to stop, which it does within a step. Cancelling a cancelled
   * session changes nothing. Throws SESSION_NOT_FOUND or NOT_CANCELLABLE.
   */
  async cancel(id: string): Promise<SessionRow> {
    const { storage, hub, runner } = this.options;
    for (;;) {
      const { from, to } = TRANSITIONS.withdraw;
      const withdrawn = await storage.sessions.transition(id, { from }, to, { finishedAt: new Date() });
      if (withdrawn) {
        hub.publishStatus(withdrawn);
        return withdrawn;
      }
      const isRunning = await storage.sessions.requestCancel(id);
      if (isRunning) runner.cancel(id);
      const session = await this.get(id);
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
  async find(id: string): Promise<SessionRow | null> {
    const session = await this.options.storage.sessions.find(id);
    return session && withLiveProgress(this.options.hub, session);
  }

  /** A session with its present progress. Throws SESSION_NOT_FOUND. */
  async get(id: string): Promise<SessionRow> {
    const session = await this.find(id);
    if (!session) throw sessionNotFound(id);
    return session;
  }

  /** The losses of the latest step of a session that runs, with their layers; null of one that does not. */
  liveLosses(id: string): Losses | null {
    return this.options.hub.latest(id)?.progress?.losses ?? null;
  }

  /** Opens the live stream of a session. Throws SESSION_NOT_FOUND. */
  async watch(id: string, options: ChannelOptions): Promise<ProgressChannel> {
    const channel = await this.options.hub.subscribe(id, options);
    if (!channel) throw sessionNotFound(id);
    return channel;
  }

  /**
   * The preview of the step record `seq`, or a newer one where that has been replaced; its long side is at most
   * `maxSide` pixels. Null where there is none (any more).
   */
  async findPreview(id: string, seq: number, maxSide: number): Promise<FoundPreview | null> {
    const frame = this.options.hub.frame(id) ?? (await this.options.snapshots.read(id))?.frame;
    if (!frame || frame.seq < seq) return null;
    const { bytes, mimeType } = await frame.encode(maxSide);
    return { bytes, mimeType, exact: frame.seq === seq };
  }
}

function sessionNotFound(id: string): UserError {
  return new UserError('SESSION_NOT_FOUND', `There is no session ${id}.`, 'id');
}
