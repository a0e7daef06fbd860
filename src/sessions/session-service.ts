import { setTimeout as sleep } from 'node:timers/promises';
import { checkRange, sessionNotFound, UserError } from '../core/errors.js';
import type { Signals } from '../core/signals.js';
import { isTerminal, TERMINAL, TRANSITIONS } from '../core/status.js';
import { isVisible, type Viewer } from '../core/viewer.js';
import { RECIPE_FIELDS, type Losses } from '../engine/index.js';
import type { Estimate } from '../estimates/estimator.js';
import type { FoundPreview } from '../images/image-service.js';
import type { GarbageCollector } from '../images/garbage-collector.js';
import type { FeedChannel, SessionFeed } from '../progress/feed.js';
import { withLiveProgress, type ProgressHub } from '../progress/hub.js';
import type { ChannelOptions, ProgressChannel } from '../progress/progress-channel.js';
import type { ProgressReader } from '../progress/progress.js';
import type { SessionChanges, SessionRow, Storage } from '../storage/index.js';
import { findMarked, markRequest, type RequestMark } from './idempotency.js';
import type { QueueLimits } from './queue-limits.js';
import { branchInput, type BranchSession, type CreateSession, type SessionCreator } from './session-creator.js';

/** Steps that one continuation can add. */
export const CONTINUED_STEPS = RECIPE_FIELDS.steps;
/** Most steps of a session, continuations included. */
export const MAX_TOTAL_STEPS = 100_000;

/** How often a deletion re-reads the row while it waits for the end of the run, milliseconds. */
const END_POLL_MS = 500;
/** Longest interval between two progress events that a channel accepts, milliseconds. */
const STATUS_EVENTS_ONLY = 1e9;

export interface SessionServiceDependencies {
  readonly storage: Pick<Storage, 'sessions' | 'checkpoints' | 'timelapses'>;
  readonly creator: SessionCreator;
  readonly queueLimits: QueueLimits;
  readonly reader: ProgressReader;
  readonly hub: ProgressHub;
  readonly feed: SessionFeed;
  readonly garbage: Pick<GarbageCollector, 'collectSession'>;
  readonly signals: Pick<Signals, 'wake' | 'order'>;
}

/**
 * A viewer's sessions: creating, watching, pausing, resuming, continuing, branching, cancelling and deleting them. User
 * errors are thrown as `UserError` or `UserErrors`. Viewers see their own sessions, admins see all; any other session is
 * SESSION_NOT_FOUND.
 */
export class SessionService {
  constructor(private readonly dependencies: SessionServiceDependencies) {}

  /**
   * Checks the input and queues a session of the viewer; or returns the session that an equal request with the same key
   * created. Throws `UserErrors` with every user error, QUEUE_FULL or TOO_MANY_SESSIONS.
   */
  async create(viewer: Viewer, input: CreateSession, idempotencyKey?: string): Promise<SessionRow> {
    const mark = markRequest(viewer, idempotencyKey, input);
    return (await this.#find(mark)) ?? (await this.#create(viewer, input, mark));
  }

  /** Queues a new session made from another one. Throws as `create` does, or SESSION_NOT_FOUND. */
  async branch(viewer: Viewer, id: string, { idempotencyKey, ...input }: BranchSession): Promise<SessionRow> {
    const mark = markRequest(viewer, idempotencyKey, { branchOf: id, ...input });
    const existing = await this.#find(mark);
    if (existing) return existing;
    const parent = await this.get(viewer, id);
    return await this.#create(viewer, branchInput(parent, input), mark);
  }

  async #find(mark: RequestMark | undefined): Promise<SessionRow | null> {
    return await findMarked(this.dependencies.storage.sessions, mark);
  }

  async #create(viewer: Viewer, input: CreateSession, mark: RequestMark | undefined): Promise<SessionRow> {
    const { creator, signals } = this.dependencies;
    try {
      const created = await creator.create(viewer, input, mark);
      signals.wake();
      return created;
    } catch (error) {
      // A concurrent equal request may have taken the key, and perhaps the last slot in the queue.
      const existing = await this.#find(mark);
      if (!existing) throw error;
      return existing;
    }
  }

  /** What a session of that input would cost, and whether it fits. Writes nothing. Throws `UserErrors`. */
  async estimate(viewer: Viewer, input: CreateSession): Promise<Estimate> {
    return await this.dependencies.creator.estimate(viewer, input);
  }

  /**
   * Pauses a queued session at once; asks the worker to stop a running one at a checkpoint, within a step. Pausing a
   * paused session changes nothing. Throws SESSION_NOT_FOUND or NOT_PAUSABLE.
   */
  async pause(viewer: Viewer, id: string): Promise<SessionRow> {
    const { storage, hub, signals } = this.dependencies;
    await this.get(viewer, id);
    for (;;) {
      const { from, to } = TRANSITIONS.pauseQueued;
      const paused = await storage.sessions.transition(id, { from }, to, { pauseRequested: false });
      if (paused) {
        hub.publishStatus(paused);
        return paused;
      }
      const isRunning = await storage.sessions.requestPause(id);
      if (isRunning) signals.order(id);
      const session = await this.get(viewer, id);
      if (isRunning || session.status === 'PAUSED') return session;
      if (isTerminal(session.status)) {
        const message = `The session is ${session.status}; only a QUEUED or RUNNING session can be paused. Continue or branch the session to get more steps.`;
        throw new UserError('NOT_PAUSABLE', message, 'id');
      }
      // The status changed between the two attempts: try again.
    }
  }

  /** Puts a paused session at the end of the queue. Throws SESSION_NOT_FOUND, NOT_RESUMABLE or QUEUE_FULL. */
  async resume(viewer: Viewer, id: string): Promise<SessionRow> {
    const session = await this.get(viewer, id);
    if (session.status !== 'PAUSED') throw notResumable(session);
    const resumed = await this.#requeue(session, 'resume');
    if (!resumed) throw notResumable(await this.get(viewer, id));
    return resumed;
  }

  /**
   * Queues a COMPLETED or CANCELLED session for `steps` further steps at the final scale, from its last checkpoint. Throws
   * INVALID_ARGUMENT, SESSION_NOT_FOUND, NOT_CONTINUABLE, QUEUE_FULL or TOO_MANY_SESSIONS.
   */
  async continue(viewer: Viewer, id: string, steps: number): Promise<SessionRow> {
    checkRange('steps', steps, CONTINUED_STEPS.min, CONTINUED_STEPS.max);
    const session = await this.get(viewer, id);
    const obstacle = await this.#findContinueObstacle(session);
    if (obstacle) throw new UserError('NOT_CONTINUABLE', obstacle, 'id');
    const totalSteps = session.step + steps;
    if (totalSteps > MAX_TOTAL_STEPS) {
      const message = `\`steps\` is ${steps}, which would make ${totalSteps} steps in all; the maximum is ${MAX_TOTAL_STEPS}. Ask for at most ${MAX_TOTAL_STEPS - session.step}.`;
      throw new UserError('INVALID_ARGUMENT', message, 'steps');
    }
    const changes = { totalSteps, continuedFrom: session.step, attempt: 0, cancelRequested: false, finishedAt: null };
    const continued = await this.#requeue(session, 'continue', changes);
    if (continued) return continued;
    const message = 'The session was continued or deleted by another request just now. Read the session again.';
    throw new UserError('NOT_CONTINUABLE', message, 'id');
  }

  async #findContinueObstacle({ id, status }: SessionRow): Promise<string | null> {
    if (!isTerminal(status)) return `The session is ${status}. Wait until the session has ended, or cancel it first.`;
    if (status === 'FAILED') return 'The session has FAILED and would fail again. Branch it with another recipe.';
    if (await this.dependencies.storage.checkpoints.find(id)) return null;
    return 'The session has no checkpoint, because it ended before its first step. Branch the session instead.';
  }

  /** Queues a session that was read before; null if it has changed since. Throws QUEUE_FULL or TOO_MANY_SESSIONS. */
  async #requeue(
    { id, ownerId, seq }: SessionRow,
    action: 'resume' | 'continue',
    changes: SessionChanges = {},
  ): Promise<SessionRow | null> {
    const { storage, queueLimits, hub, signals } = this.dependencies;
    const { from, to } = TRANSITIONS[action];
    const slot = await queueLimits.reserve(ownerId, { isUnfinished: action === 'resume' });
    try {
      // A session that was continued by another request, and has ended again, has another `seq`.
      const condition = action === 'continue' ? { from, seq } : { from };
      const queued = await storage.sessions.transition(id, condition, to, { ...changes, queuedAt: new Date() });
      if (!queued) return null;
      hub.publishStatus(queued);
      signals.wake();
      return queued;
    } finally {
      slot.release();
    }
  }

  /**
   * Cancels a queued or paused session at once; asks the worker to stop a running one, within a step. Cancelling a
   * cancelled session changes nothing. Throws SESSION_NOT_FOUND or NOT_CANCELLABLE.
   */
  async cancel(viewer: Viewer, id: string): Promise<SessionRow> {
    const { storage, hub, signals } = this.dependencies;
    await this.get(viewer, id);
    for (;;) {
      const { from, to } = TRANSITIONS.cancelQueued;
      const cancelled = await storage.sessions.transition(id, { from }, to, { finishedAt: new Date() });
      if (cancelled) {
        hub.publishStatus(cancelled);
        return cancelled;
      }
      const isRunning = await storage.sessions.requestCancel(id);
      if (isRunning) signals.order(id);
      const session = await this.get(viewer, id);
      if (isRunning || session.status === 'CANCELLED') return session;
      if (isTerminal(session.status)) {
        const message = `The session is ${session.status} and can no longer be cancelled. Delete the session to remove it.`;
        throw new UserError('NOT_CANCELLABLE', message, 'id');
      }
      // The status changed between the two attempts: try again.
    }
  }

  /**
   * Cancels a session that has not ended and waits for its end; then deletes the row with losses, history and timelapse,
   * the checkpoint, and the images that nothing else uses. Garbage collection completes an interrupted deletion. Throws
   * SESSION_NOT_FOUND.
   */
  async delete(viewer: Viewer, id: string): Promise<string> {
    const { storage, hub, garbage } = this.dependencies;
    for (;;) {
      await this.#end(viewer, id);
      const frames = (await storage.timelapses.framesOf([id])).get(id) ?? [];
      const deleted = await storage.sessions.remove(id, TERMINAL);
      // The session was continued in the meantime: end it again.
      if (!deleted) continue;
      hub.forget(deleted);
      await storage.checkpoints.delete(id);
      await garbage.collectSession(
        deleted,
        frames.map(({ sha256 }) => sha256),
      );
      return id;
    }
  }

  /**
   * Cancels a session and waits until its end is written and published, so that nothing is published after the deletion.
   * The row is re-read as well, because a status event can be lost.
   */
  async #end(viewer: Viewer, id: string): Promise<void> {
    if (isTerminal((await this.get(viewer, id)).status)) return;
    const channel = await this.watch(viewer, id, { minIntervalMs: STATUS_EVENTS_ONLY });
    try {
      const published = endOf(channel);
      await this.cancel(viewer, id).catch((error: unknown) => {
        if (!(error instanceof UserError && error.code === 'NOT_CANCELLABLE')) throw error;
      });
      const poll = () => sleep(END_POLL_MS, false, { ref: false });
      while (!(await Promise.race([published, poll()])) && !isTerminal((await this.get(viewer, id)).status));
    } finally {
      await channel.return();
    }
  }

  /** Those of the sessions that the viewer can see, with their live progress. */
  async findMany(viewer: Viewer, ids: readonly string[]): Promise<SessionRow[]> {
    const sessions = await this.dependencies.storage.sessions.findMany(ids);
    const visible = sessions.filter((session) => isVisible(viewer, session));
    return visible.map((session) => withLiveProgress(this.dependencies.hub, session));
  }

  /** A session with its live progress, or null. */
  async find(viewer: Viewer, id: string): Promise<SessionRow | null> {
    const session = await this.dependencies.storage.sessions.find(id);
    return session && isVisible(viewer, session) ? withLiveProgress(this.dependencies.hub, session) : null;
  }

  /** A session with its live progress. Throws SESSION_NOT_FOUND. */
  async get(viewer: Viewer, id: string): Promise<SessionRow> {
    const session = await this.find(viewer, id);
    if (!session) throw sessionNotFound(id);
    return session;
  }

  /** The losses of a running session's latest step, by layer as well; null if the session is not running. */
  liveLosses(id: string): Losses | null {
    return this.dependencies.hub.latest(id)?.progress?.losses ?? null;
  }

  /** Opens the progress stream of a session. Throws SESSION_NOT_FOUND. */
  async watch(viewer: Viewer, id: string, options: ChannelOptions): Promise<ProgressChannel> {
    if (!(await this.#isVisible(viewer, id))) throw sessionNotFound(id);
    const channel = await this.dependencies.hub.subscribe(id, options);
    if (!channel) throw sessionNotFound(id);
    return channel;
  }

  /** Opens a stream of changes to the viewer's sessions; for an admin to all sessions, unless `mine` is true. */
  watchAll(viewer: Viewer, { mine }: { readonly mine: boolean }): FeedChannel {
    return this.dependencies.feed.subscribe(
      (session) => isVisible(viewer, session) && (!mine || session.ownerId === viewer.ownerId),
    );
  }

  /**
   * The preview of step record `seq`, or a newer one if that was replaced, with a long side of at most `maxSide` pixels.
   * Null if there is none.
   */
  async findPreview(viewer: Viewer, id: string, seq: number, maxSide: number): Promise<FoundPreview | null> {
    if (!(await this.#isVisible(viewer, id))) return null;
    const { hub, reader } = this.dependencies;
    const frame = hub.frame(id) ?? (await reader.read(id))?.frame;
    if (!frame || frame.seq < seq) return null;
    const { bytes, mimeType } = await frame.encode(maxSide);
    return { bytes, mimeType, exact: frame.seq === seq };
  }

  /** Whether the session exists and the viewer can see it. Queries the database only if the hub does not hold it. */
  async #isVisible(viewer: Viewer, id: string): Promise<boolean> {
    const { hub, storage } = this.dependencies;
    const session = hub.latest(id)?.session ?? (await storage.sessions.find(id));
    return session !== null && isVisible(viewer, session);
  }
}

/** Resolves to true when the stream has ended. */
async function endOf(channel: ProgressChannel): Promise<true> {
  while (!(await channel.next()).done);
  return true;
}

function notResumable({ status, pauseRequested }: SessionRow): UserError {
  const message =
    status === 'RUNNING' && pauseRequested
      ? 'The session is still finishing its current step. Resume the session once it is PAUSED.'
      : `The session is ${status}; only a PAUSED session can be resumed. Pause the session first, or continue it if it has ended.`;
  return new UserError('NOT_RESUMABLE', message, 'id');
}
