import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Release, Signals } from '../core/signals.js';
import { QUEUE_PAUSED_SETTING, TRANSITIONS } from '../core/status.js';
import type { SessionRow, Storage } from '../storage/index.js';
import { RETRY_MS, writeEnd } from './end.js';
import { ProgressRecorder } from './recorder.js';
import { Run, type RunDependencies } from './run.js';

export interface ClaimDependencies extends RunDependencies {
  readonly storage: RunDependencies['storage'] & Pick<Storage, 'settings'>;
  readonly signals: Pick<Signals, 'onWake' | 'onOrder'>;
  /** Work for an idle worker; stopped as soon as a session can be claimed. */
  readonly idleWork: { start(): void; stop(): Promise<void> };
}

/** How long a shutdown waits for the last checkpoint, milliseconds: for the end of a step. */
const LAST_CHECKPOINT_MS = 5000;
/** How often the database is read without a signal, milliseconds: the cost of a lost signal. */
const POLL_MS = 2000;

/**
 * Claims QUEUED sessions, oldest first, and runs them one at a time. The rows are the queue; signals only save waiting
 * for the next poll.
 */
export class ClaimLoop {
  #run: Run | null = null;
  #wake: () => void = () => undefined;
  #isStopping = false;
  #loop: Promise<void> = Promise.resolve();
  #releases: readonly Release[] = [];

  constructor(private readonly dependencies: ClaimDependencies) {}

  start(): void {
    const { signals } = this.dependencies;
    this.#releases = [
      signals.onWake(() => this.#wake()),
      signals.onOrder((sessionId) => {
        if (this.#run?.sessionId === sessionId) this.#readOrders(this.#run);
      }),
    ];
    this.#loop = this.#claimAndRun();
  }

  /**
   * Stops claiming. The running session returns to its place in the queue, with a checkpoint of its last step if that
   * takes no longer than `lastCheckpointMs`; else its previous checkpoint counts.
   */
  async stop(lastCheckpointMs = LAST_CHECKPOINT_MS): Promise<void> {
    this.#isStopping = true;
    this.#wake();
    if (this.#run?.shutDown()) {
      await Promise.race([this.#loop, sleep(lastCheckpointMs, undefined, { ref: false })]);
    }
    await this.dependencies.engine.close();
    await this.#loop;
    for (const release of this.#releases) release();
  }

  async #claimAndRun(): Promise<void> {
    while (!this.#isStopping) {
      // Listening starts before the queue is read, so that no signal is missed.
      const woken = new Promise<true>((resolve) => {
        this.#wake = () => resolve(true);
      });
      try {
        const session = await this.#claim();
        if (session) await this.#execute(this.#run!, session);
        else if (!(await this.#isClaimable())) await this.#idle(woken);
      } catch (error) {
        this.dependencies.logger.error({ err: error }, 'claiming failed; will retry');
        await Promise.race([woken, sleep(RETRY_MS)]);
      } finally {
        this.#run = null;
      }
    }
  }

  /** Does idle work until a session can be claimed or the loop stops. */
  async #idle(woken: Promise<true>): Promise<void> {
    const { idleWork } = this.dependencies;
    idleWork.start();
    try {
      const poll = () => sleep(POLL_MS, false, { ref: false });
      while (!(await Promise.race([woken, poll()])) && !(await this.#isClaimable()));
    } finally {
      await idleWork.stop();
    }
  }

  async #isClaimable(): Promise<boolean> {
    return (await this.#oldestClaimable()) !== null;
  }

  /** The session to be claimed next; null if the queue is empty or paused. */
  async #oldestClaimable(): Promise<SessionRow | null> {
    const { settings, sessions } = this.dependencies.storage;
    if ((await settings.get(QUEUE_PAUSED_SETTING)) === 'true') return null;
    return await sessions.oldestQueued();
  }

  /** Claims the oldest session; null if none can be claimed, or another action on the session won. */
  async #claim(): Promise<SessionRow | null> {
    const { storage, engine } = this.dependencies;
    if (!(await this.#isClaimable())) return null;
    // If the engine cannot be started, the run fails with the reason.
    await engine.start().catch(() => undefined);
    const queued = await this.#oldestClaimable();
    if (this.#isStopping || !queued) return null;
    // The run exists before the row says RUNNING, so that every order to a RUNNING session reaches it.
    this.#run = new Run(this.dependencies, queued.id);
    return await storage.sessions.transition(queued.id, TRANSITIONS.claim, TRANSITIONS.claim.to, {
      claimToken: randomUUID(),
      backend: engine.backend,
      startedAt: queued.startedAt ?? new Date(),
    });
  }

  async #execute(run: Run, session: SessionRow): Promise<void> {
    const { storage, hub, logger } = this.dependencies;
    // Orders given while the previous run of the session was ending.
    run.obey(session);
    const poll = setInterval(() => this.#readOrders(run), POLL_MS).unref();
    try {
      logger.info({ session: session.id, network: session.networkName }, 'session started');
      hub.publishStatus(session);
      const recorder = new ProgressRecorder(storage.sessions, session.id, session.claimToken!, logger);
      const ending = await run.execute(session, recorder);
      await writeEnd(this.dependencies, session, recorder, ending, () => this.#isStopping);
    } finally {
      clearInterval(poll);
    }
  }

  #readOrders(run: Run): void {
    const { storage, logger } = this.dependencies;
    storage.sessions.find(run.sessionId).then(
      (session) => session && run.obey(session),
      (error: unknown) => {
        logger.error({ err: error, session: run.sessionId }, 'orders not read; will retry');
      },
    );
  }
}
