import type { Logger } from 'pino';
import { withLogFields } from '../core/log.js';
import type { RgbImage } from '../core/pixels.js';
import { TRANSITIONS } from '../core/status.js';
import {
  EngineError,
  planContinuation,
  planScales,
  type Engine,
  type EngineErrorCode,
  type Job,
  type NetworkIdentity,
} from '../engine/index.js';
import type { ProgressHub } from '../progress/hub.js';
import { PaceMeter } from '../progress/pace.js';
import type { PreviewFrames } from '../progress/preview-frame.js';
import type { ImageRow, SessionRow, Storage } from '../storage/index.js';
import { Checkpoints } from './checkpoints.js';
import type { Ending } from './end.js';
import type { JobBuilder } from './job-builder.js';
import type { ProgressRecorder } from './recorder.js';
import { MAX_ATTEMPTS } from './recovery.js';
import { TimelapseRecorder } from './timelapse-recorder.js';

export interface RunDependencies {
  readonly storage: Pick<Storage, 'sessions' | 'images' | 'codec' | 'checkpoints' | 'timelapses'>;
  readonly hub: ProgressHub;
  readonly frames: PreviewFrames;
  readonly jobs: JobBuilder;
  readonly engine: Engine;
  /** Time between two checkpoints, milliseconds. */
  readonly checkpointMs?: number | undefined;
  readonly logger: Logger;
}

/** One run of one session in the engine. */
export class Run {
  readonly #abort = new AbortController();
  /** Why the owner stops the run. */
  #stopReason: 'cancelRunning' | 'pauseRunning' | null = null;
  #isShuttingDown = false;
  /** Null until the engine has the job. */
  #checkpoints: Checkpoints | null = null;

  constructor(
    private readonly dependencies: RunDependencies,
    readonly sessionId: string,
  ) {}

  /** Stops the run within a step if the session's row requests a cancellation or a pause. */
  obey({ cancelRequested, pauseRequested }: Pick<SessionRow, 'cancelRequested' | 'pauseRequested'>): void {
    const reason = cancelRequested ? 'cancelRunning' : pauseRequested ? 'pauseRunning' : null;
    if (reason === null || reason === this.#stopReason || this.#stopReason === 'cancelRunning') return;
    this.#stopReason = reason;
    // Before the engine has the job there is no state to keep.
    if (this.#checkpoints) this.#checkpoints.stop(reason === 'cancelRunning' ? 'FINAL' : 'FULL');
    else this.#abort.abort();
  }

  /** Stops the run within a step so that it can be resumed. False if there is no state to keep yet. */
  shutDown(): boolean {
    this.#isShuttingDown = true;
    this.#checkpoints?.stop('FULL');
    return this.#checkpoints !== null;
  }

  /** Runs a claimed session to its end. Never throws. */
  async execute(session: SessionRow, recorder: ProgressRecorder): Promise<Ending> {
    return await withLogFields({ session: session.id }, async () => {
      try {
        const result = await this.#stylize(session, recorder);
        if (result) return { action: 'complete', result: await this.#store(session, result) };
        return { action: this.#stopReason ?? 'requeue' };
      } catch (error) {
        return this.#endOf(error, session);
      }
    });
  }

  #endOf(error: unknown, session: SessionRow): Ending {
    const { logger } = this.dependencies;
    const hasCrashed = hasCode(error, 'ENGINE_CRASHED');
    if (this.#stopReason === 'cancelRunning') return { action: 'cancelRunning' };
    if (this.#stopReason && (this.#abort.signal.aborted || hasCrashed)) return { action: this.#stopReason };
    if (this.#isShuttingDown) return { action: 'requeue' };
    const attempt = session.attempt + 1;
    if (hasCrashed && attempt < MAX_ATTEMPTS) {
      logger.warn({ err: error, session: session.id, attempt }, 'session interrupted; will be resumed');
      return { action: 'requeue', changes: { attempt } };
    }
    logger.error({ err: error, session: session.id }, 'session failed');
    const [errorCode, errorMessage] =
      error instanceof EngineError
        ? [error.code, error.message]
        : ['INTERNAL', 'An internal error occurred; see the log of the server.'];
    return { action: 'fail', changes: { errorCode, errorMessage } };
  }

  /** Runs from the session's checkpoint if there is a usable one, else from the start. Null if the run was stopped. */
  async #stylize(session: SessionRow, recorder: ProgressRecorder): Promise<RgbImage | null> {
    const job = await this.dependencies.jobs.build(session, this.#abort.signal);
    if (session.networkSha256 === null) await this.#recordNetwork(session, job.network);
    try {
      return await this.#runJob(job, session, recorder);
    } catch (error) {
      if (!hasCode(error, 'CHECKPOINT_INVALID') || job.continuation) throw error;
      this.dependencies.logger.error({ err: error, session: session.id }, 'checkpoint unusable; starting over');
      return await this.#runJob({ ...job, resume: undefined }, session, recorder);
    }
  }

  async #runJob(job: Job, session: SessionRow, recorder: ProgressRecorder): Promise<RgbImage | null> {
    const { storage, hub, frames, engine, checkpointMs, logger } = this.dependencies;
    const { id, width, height } = session;
    const timelapse = await TimelapseRecorder.open(storage, session, logger);
    const scales = planScales(width, height, job.recipe);
    const pace = new PaceMeter(job.continuation ? planContinuation(scales, job.continuation) : scales);
    const run = engine.run(job, {
      signal: this.#abort.signal,
      onStep: (record, image, checkpoint) => {
        const frame = image && frames.live(id, record.seq, image);
        hub.publishRecord(id, { ...record, ...pace.measure(record) }, frame);
        recorder.add(record);
        checkpoints.add(record, checkpoint);
        timelapse.add(record, image);
      },
    });
    const checkpoints = new Checkpoints(storage.checkpoints, recorder, id, logger, run, checkpointMs);
    this.#checkpoints = checkpoints;
    hub.onPreviewWanted(id, () => run.wantImage());
    timelapse.begin(run);
    let result: RgbImage | null = null;
    try {
      return (result = await run.finished);
    } finally {
      await timelapse.finish(result);
      await checkpoints.settled();
    }
  }

  /** Records the network that was installed for the session. */
  async #recordNetwork({ id, claimToken }: SessionRow, { name, sha256, isFallback }: NetworkIdentity): Promise<void> {
    const { storage, hub } = this.dependencies;
    const { from } = TRANSITIONS.complete;
    const network = { networkName: name, networkSha256: sha256, networkIsFallback: isFallback };
    const recorded = await storage.sessions.transition(id, { from, claimToken: claimToken! }, 'RUNNING', network);
    if (recorded) hub.publishStatus(recorded);
  }

  async #store({ ownerId }: SessionRow, result: RgbImage): Promise<ImageRow> {
    const { images, codec } = this.dependencies.storage;
    const { bytes, width, height } = await codec.encode(result, 'png');
    return await images.add({ ownerId, bytes, format: 'png', width, height });
  }
}

function hasCode(error: unknown, code: EngineErrorCode): boolean {
  return error instanceof EngineError && error.code === code;
}
