import type { Losses } from '../engine/types.js';
import type { LossRow, SessionRow, SessionStatus, StatusChangeRow, Storage } from '../storage/index.js';
import { decodeCursor } from './cursor.js';
import { UserError } from './errors.js';
import type { Estimate } from './estimator.js';
import type { Idempotency } from './idempotency.js';
import type { ChannelOptions, ProgressChannel } from './progress-channel.js';
import type { ProgressHub } from './progress-hub.js';
import type { Runner } from './runner.js';
import type { CreateSession, SessionCreator } from './session-creator.js';
import type { SnapshotReader } from './snapshot.js';
import { isTerminal, TRANSITIONS } from './state.js';
import { isVisible, visibleOwner, type Viewer } from './viewer.js';

/** Most sessions on one page, and most points of a loss curve in one answer. */
export const MAX_PAGE = 100;
export const MAX_CURVE = 2000;

export interface PageInput {
  readonly first: number;
  readonly after?: string | undefined;
  readonly statuses?: readonly SessionStatus[] | undefined;
}

export interface Page {
  /** Newest first. */
  readonly sessions: readonly SessionRow[];
  readonly hasNextPage: boolean;
}

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
    return sessions.filter((session) => isVisible(viewer, session)).map((session) => this.#withProgress(session));
  }

  /** The statuses that each of these sessions came into, oldest first. */
  async statusHistories(ids: readonly string[]): Promise<StatusChangeRow[]> {
    return await this.options.storage.sessions.statusHistories(ids);
  }

  /**
   * Cancels a waiting or paused session at once; asks a running one to stop, which it does within a step. Cancelling a cancelled
   * session changes nothing. Throws SESSION_NOT_FOUND or NOT_CANCELLABLE.
   */
  async cancel(viewer: Viewer, id: string): Promise<SessionRow> {
    const { storage, hub, runner } = this.options;
    await this.get(viewer, id);
    for (;;) {
      const { from, to } = TRANSITIONS.withdraw;
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
    return session && isVisible(viewer, session) ? this.#withProgress(session) : null;
  }

  /** A session with its present progress. Throws SESSION_NOT_FOUND. */
  async get(viewer: Viewer, id: string): Promise<SessionRow> {
    const session = await this.find(viewer, id);
    if (!session) throw sessionNotFound(id);
    return session;
  }

  /** Throws INVALID_CURSOR or INVALID_ARGUMENT. */
  async page(viewer: Viewer, { first, after, statuses }: PageInput): Promise<Page> {
    checkCount('first', first, MAX_PAGE);
    // One more than asked for tells whether there are more.
    const rows = await this.options.storage.sessions.page({
      limit: first + 1,
      after: after === undefined ? undefined : decodeCursor(after),
      statuses,
      ownerId: visibleOwner(viewer),
    });
    const sessions = rows.slice(0, first).map((session) => this.#withProgress(session));
    return { sessions, hasNextPage: rows.length > first };
  }

  async count(viewer: Viewer, statuses?: readonly SessionStatus[]): Promise<number> {
    return await this.options.storage.sessions.count(statuses, visibleOwner(viewer));
  }

  /** How many sessions stand before a waiting one; null for one that does not wait. */
  async queuePosition(session: SessionRow): Promise<number | null> {
    return session.status === 'QUEUED' ? await this.options.storage.sessions.queuePosition(session) : null;
  }

  /** The losses of the latest step; null before the first. Their layers are known only while the session runs. */
  async latestLosses({ id, step }: SessionRow): Promise<Losses | null> {
    const live = this.options.hub.latest(id)?.progress;
    if (live) return live.losses;
    const stored = step > 0 ? await this.options.storage.sessions.lastLoss(id) : null;
    return stored && { ...stored, layers: [] };
  }

  /** The stored loss curve, in order of seq, at most a second behind the run. Throws INVALID_ARGUMENT. */
  async lossCurve(id: string, afterSeq: number, first: number): Promise<LossRow[]> {
    checkCount('first', first, MAX_CURVE);
    return await this.options.storage.sessions.losses(id, afterSeq, first);
  }

  /** Opens the live stream of a session. Throws SESSION_NOT_FOUND. */
  async watch(viewer: Viewer, id: string, options: ChannelOptions): Promise<ProgressChannel> {
    if (!(await this.#has(viewer, id))) throw sessionNotFound(id);
    const channel = await this.options.hub.subscribe(id, options);
    if (!channel) throw sessionNotFound(id);
    return channel;
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

  /** Rows are written once a second; the hub knows the present. */
  #withProgress(session: SessionRow): SessionRow {
    const live = this.options.hub.latest(session.id)?.session;
    if (live?.status !== session.status || live.seq <= session.seq) return session;
    const { seq, step, elapsedMs, evaluations } = live;
    return { ...session, seq, step, elapsedMs, evaluations };
  }
}

function checkCount(field: string, count: number, max: number): void {
  if (count < 1 || count > max) {
    throw new UserError('INVALID_ARGUMENT', `${field} is ${count}; it must lie between 1 and ${max}.`, field);
  }
}

function sessionNotFound(id: string): UserError {
  return new UserError('SESSION_NOT_FOUND', `There is no session ${id}.`, 'id');
}
