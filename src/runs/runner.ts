import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { EngineError, type EngineErrorCode } from '../engine/errors.js';
import type { Job } from '../engine/worker/protocol.js';
import { planContinuation } from '../engine/index.js';
import { planScales } from '../engine/schedule/pyramid.js';
import type { NetworkIdentity } from '../engine/types/run.js';
import { withLogFields } from '../core/log-context.js';
import type { ImageRow, SessionChanges, SessionRow, Storage } from '../storage/index.js';
import { Checkpointer } from './checkpointer.js';
import type { EngineProcess } from '../engine/worker/host.js';
import type { JobBuilder } from './job-builder.js';
import { PaceMeter } from '../progress/pace.js';
import type { PreviewFrames } from '../progress/preview-frame.js';
import type { ProgressHub } from '../progress/hub.js';
import { ProgressWriter } from './progress-writer.js';
import { MAX_ATTEMPTS, recoverSessions } from './recovery.js';
import { isTerminal, TRANSITIONS, type SessionAction } from '../core/status.js';
import { TimelapseRecorder } from './timelapse-recorder.js';
import type { RgbImage } from '../core/pixels.js';

export interface RunnerOptions {
  readonly storage: Pick<Storage, 'sessions' | 'pictures' | 'codec' | 'checkpoints' | 'timelapses'>;
  readonly hub: ProgressHub;
  readonly frames: PreviewFrames;
  readonly jobs: JobBuilder;
  readonly engine: EngineProcess;
  /** What is done while nothing waits, and given up as soon as something does. */
  readonly idleWork?: { start(): void; stop(): Promise<void> };
  /** Work between two checkpoints, milliseconds. */
  readonly checkpointMs?: number | undefined;
  readonly logger: Logger;
}

/** How a run ended: what happens to its session, and what the row says then. */
interface Ending {
  readonly action: SessionAction;
  readonly changes?: SessionChanges;
  readonly result?: ImageRow;
}

/** After a failure of the database it is tried again after this time, milliseconds. */
const RETRY_MS = 1000;
/** How long a stop waits for the last checkpoint, milliseconds: for the end of a step. Without it the one before counts. */
const LAST_CHECKPOINT_MS = 5000;

interface Current {
  readonly id: string;
  readonly abort: AbortController;
  /** What its owner wants to become of it. */
  stopReason: 'cancelRunning' | 'pauseRunning' | null;
  /** Of the run in the engine, where it has come so far. */
  checkpointer: Checkpointer | null;
  /** Resolves when its end has been written. */
  readonly over: { readonly promise: Promise<void>; readonly resolve: () => void };
}

/**
 * The in-process queue driver: the rows are the queue, and this runs them one after the other, oldest first. It is
 * woken when one is added, so an idle server does not poll.
 */
export class Runner {
  #current: Current | null = null;
  #wake: () => void = () => undefined;
  #stopping = false;
  #halted = false;
  #loop: Promise<void> = Promise.resolve();

  constructor(private readonly options: RunnerOptions) {}

  /** Recovers what a dead process left behind, warms the engine up and begins to work. */
  async start(): Promise<void> {
    await recoverSessions(this.options.storage, this.options.logger);
    // A failure comes again, and is told, when a session wants the engine.
    this.options.engine.start().catch(() => undefined);
    this.#loop = this.#work();
  }

  /** To be called when a session was queued. */
  wake(): void {
    this.#wake();
  }

  /** Claims no session any more, until `resumeClaiming`; the one that runs goes on. */
  pauseClaiming(): void {
    this.#halted = true;
  }

  resumeClaiming(): void {
    this.#halted = false;
    this.#wake();
  }

  get isClaimingPaused(): boolean {
    return this.#halted;
  }

  /** Ends the session's run within a step, where it is the one that runs. */
  cancel(id: string): void {
    this.#interrupt(id, 'cancelRunning');
  }

  /** Pauses the session's run within a step, where it is the one that runs. */
  pause(id: string): void {
    this.#interrupt(id, 'pauseRunning');
  }

  /** Resolves when the session does not run: at once, or when its run's end has been written. */
  async settled(id: string): Promise<void> {
    if (this.#current?.id === id) await this.#current.over.promise;
  }

  #interrupt(id: string, reason: 'cancelRunning' | 'pauseRunning'): void {
    const current = this.#current;
    if (current?.id !== id || current.stopReason === 'cancelRunning') return;
    current.stopReason = reason;
    // Before the engine has the run there is nothing to keep.
    if (current.checkpointer) current.checkpointer.stop(reason === 'cancelRunning' ? 'FINAL' : 'FULL');
    else current.abort.abort();
  }

  /**
   * Stops working. The session that runs goes back to its place in the queue, with a checkpoint of its latest step where
   * there is one in so many milliseconds.
   */
  async stop(lastCheckpointMs = LAST_CHECKPOINT_MS): Promise<void> {
    this.#stopping = true;
    this.#wake();
    if (this.#current?.checkpointer) {
      this.#current.checkpointer.stop('FULL');
      await Promise.race([this.#loop, sleep(lastCheckpointMs, undefined, { ref: false })]);
    }
    await this.options.engine.close();
    await this.#loop;
  }

  async #work(): Promise<void> {
    while (!this.#stopping) {
      // Listening begins before the look into the queue, so that no wake is missed.
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      try {
        if (!(await this.#runOldest())) await this.#idle(woken);
      } catch (error) {
        this.options.logger.error({ err: error }, 'the queue could not go on; will try again');
        await Promise.race([woken, sleep(RETRY_MS)]);
      } finally {
        this.#current?.over.resolve();
        this.#current = null;
      }
    }
  }

  async #idle(woken: Promise<void>): Promise<void> {
    const { idleWork } = this.options;
    idleWork?.start();
    await woken;
    await idleWork?.stop();
  }

  /** False where nothing waits, or nothing is to be claimed. */
  async #runOldest(): Promise<boolean> {
    const { storage, engine, hub, logger } = this.options;
    if (this.#halted) return false;
    const waiting = await storage.sessions.oldestQueued();
    if (!waiting) return false;
    await engine.start().catch(() => undefined);
    if (this.#stopping || this.#halted) return true;
    // Known before the row says RUNNING, so that a cancellation that finds it so reaches the run.
    const current = newCurrent(waiting.id);
    this.#current = current;
    const claimToken = randomUUID();
    const session = await storage.sessions.transition(waiting.id, TRANSITIONS.claim, TRANSITIONS.claim.to, {
      claimToken,
      backend: engine.backend,
      startedAt: waiting.startedAt ?? new Date(),
    });
    if (!session) return true;
    // Asked for while the run before was ending.
    if (session.cancelRequested) this.cancel(session.id);
    else if (session.pauseRequested) this.pause(session.id);
    logger.info({ session: session.id, network: session.networkName }, 'session started');
    hub.publishStatus(session);
    const writer = new ProgressWriter(storage.sessions, session.id, claimToken, logger);
    const ending = await withLogFields({ session: session.id }, () => this.#run(session, writer, current));
    await this.#end(session, claimToken, writer, ending);
    return true;
  }

  async #run(session: SessionRow, writer: ProgressWriter, current: Current): Promise<Ending> {
    const { logger } = this.options;
    const { signal } = current.abort;
    try {
      const picture = await this.#paint(session, writer, current);
      if (picture) return { action: 'complete', result: await this.#store(session, picture) };
      return { action: current.stopReason ?? 'requeue' };
    } catch (error) {
      if (current.stopReason === 'cancelRunning') return { action: 'cancelRunning' };
      if (current.stopReason && (signal.aborted || hasCode(error, 'ENGINE_CRASHED')))
        return { action: current.stopReason };
      if (this.#stopping) return { action: 'requeue' };
      const attempt = session.attempt + 1;
      if (hasCode(error, 'ENGINE_CRASHED') && attempt < MAX_ATTEMPTS) {
        logger.warn({ err: error, session: session.id, attempt }, 'session interrupted; will go on');
        return { action: 'requeue', changes: { attempt } };
      }
      logger.error({ err: error, session: session.id }, 'session failed');
      const [errorCode, errorMessage] =
        error instanceof EngineError
          ? [error.code, error.message]
          : ['INTERNAL', 'Something went wrong in the server; its log says more.'];
      return { action: 'fail', changes: { errorCode, errorMessage } };
    }
  }

  /** From the session's checkpoint where there is one that can be used, else from the beginning. */
  async #paint(session: SessionRow, writer: ProgressWriter, current: Current): Promise<RgbImage | null> {
    const job = await this.options.jobs.build(session, current.abort.signal);
    if (session.networkSha256 === null) await this.#recordNetwork(session, job.network);
    try {
      return await this.#runJob(job, session, writer, current);
    } catch (error) {
      if (!hasCode(error, 'CHECKPOINT_INVALID') || job.continuation) throw error;
      this.options.logger.error({ err: error, session: session.id }, 'session begins anew');
      return await this.#runJob({ ...job, resume: undefined }, session, writer, current);
    }
  }

  async #runJob(job: Job, session: SessionRow, writer: ProgressWriter, current: Current): Promise<RgbImage | null> {
    const { storage, hub, frames, engine, checkpointMs, logger } = this.options;
    const { id, width, height } = session;
    const timelapse = await TimelapseRecorder.open(storage, session, logger);
    const scales = planScales(width, height, job.recipe);
    const pace = new PaceMeter(job.continuation ? planContinuation(scales, job.continuation) : scales);
    const run = engine.run(job, {
      signal: current.abort.signal,
      onStep: (record, image, checkpoint) => {
        const frame = image && frames.live(id, record.seq, image);
        hub.publishRecord(id, { ...record, ...pace.measure(record) }, frame);
        writer.add(record);
        checkpointer.add(record, checkpoint);
        timelapse.add(record, image);
      },
    });
    const checkpointer = new Checkpointer(storage.checkpoints, writer, id, logger, run, checkpointMs);
    current.checkpointer = checkpointer;
    hub.onPreviewWanted(id, () => run.wantImage());
    timelapse.begin(run);
    let picture: RgbImage | null = null;
    try {
      return (picture = await run.finished);
    } finally {
      await timelapse.finish(picture);
      await checkpointer.settled();
    }
  }

  /** Writes down which network a session got that had to wait for it. */
  async #recordNetwork({ id, claimToken }: SessionRow, { name, sha256, isFallback }: NetworkIdentity): Promise<void> {
    const { storage, hub } = this.options;
    const guard = { from: ['RUNNING'], claimToken: claimToken! } as const;
    const network = { networkName: name, networkSha256: sha256, networkIsFallback: isFallback };
    const recorded = await storage.sessions.transition(id, guard, 'RUNNING', network);
    if (recorded) hub.publishStatus(recorded);
  }

  async #store({ ownerId }: SessionRow, picture: RgbImage): Promise<ImageRow> {
    const { pictures, codec } = this.options.storage;
    const { bytes, width, height } = await codec.encode(picture, 'png');
    return await pictures.add({ ownerId, bytes, format: 'png', width, height });
  }

  /** Writes how a run ended; a database that fails is tried again, so that no session is left in the air. */
  async #end(session: SessionRow, claimToken: string, writer: ProgressWriter, ending: Ending): Promise<void> {
    const { storage, hub, frames, logger } = this.options;
    const { action, changes, result } = ending;
    const { from, to } = TRANSITIONS[action];
    const finishedAt = isTerminal(to) ? new Date() : null;
    for (;;) {
      try {
        // The losses first: who sees the end may ask for all of them.
        await writer.flush();
        let ended = await storage.sessions.transition(session.id, { from, claimToken }, to, {
          claimToken: null,
          // A pause that is asked for while a run is interrupted is the next run's.
          ...(action !== 'requeue' && { pauseRequested: false }),
          finishedAt,
          ...changes,
          resultImageId: result?.id,
        });
        if (ended?.status === 'PAUSED' && ended.cancelRequested) {
          // Asked for while the pause was being written, when the run could not hear of it any more.
          const withdrawn = { finishedAt: new Date() };
          ended =
            (await storage.sessions.transition(session.id, TRANSITIONS.cancelQueued, 'CANCELLED', withdrawn)) ?? ended;
        }
        if (ended) hub.publishStatus(ended, result && frames.result(result, ended.seq));
        logger.info({ session: session.id, status: ended?.status ?? 'lost to another runner' }, 'session ended');
        return;
      } catch (error) {
        if (this.#stopping) throw error;
        logger.error({ err: error, session: session.id }, 'the end of a session was not written; will try again');
        await sleep(RETRY_MS);
      }
    }
  }
}

function newCurrent(id: string): Current {
  let resolve!: () => void;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { id, abort: new AbortController(), stopReason: null, checkpointer: null, over: { promise, resolve } };
}

function hasCode(error: unknown, code: EngineErrorCode): boolean {
  return error instanceof EngineError && error.code === code;
}
