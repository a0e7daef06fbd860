import type { RgbImage } from '../../src/core/pixels.js';
import type { Backend, Program, ProgramRequest } from '../../src/engine/backend/backend.js';
import { EngineError, type EngineErrorCode } from '../../src/engine/errors.js';
import type { Engine, EngineRun, EngineState, Job, RunOptions } from '../../src/engine/worker/engine.js';
import { JobControl, runJob } from '../../src/engine/worker/run-job.js';

export interface ScriptedEngineOptions {
  /** Name of the backend; 'onnx-cpu' unless given. */
  readonly backend?: string;
  readonly threads?: number;
  /** Steps that a run makes by itself; 200 unless given. */
  readonly freeSteps?: number;
  /** Time that a step takes according to the records, milliseconds; 10 unless given. No time passes. */
  readonly stepMs?: number;
}

interface ScriptedRun {
  readonly control: JobControl;
  /** Settles `EngineRun.finished`; later calls have no effect. */
  readonly resolve: (result: RgbImage | null) => void;
  readonly reject: (error: EngineError) => void;
  made: number;
  hung: boolean;
}

/**
 * An engine without a child process, native code or real computation. It runs the real schedule, optimiser, masks,
 * checkpoints and job loop in this process; only the network is replaced, by an objective whose total falls at every step
 * and which never converges. Runs are reproducible to the bit, also over a pause, a crash or a continuation.
 *
 * Without steering, a run of at most `freeSteps` steps completes by itself, without timers. A longer run stops after
 * `freeSteps` steps and then makes one step for every request for an image or a checkpoint, as a preview, a pause or a
 * cancellation makes; so a session of 10,000 steps runs for as long as a test needs it and costs nothing.
 *
 *     const engine = new ScriptedEngine();
 *     const server = await startTestServer({}, { engine });   // startServer(config, { engine }), createApplication({ engine })
 *
 *     const job = await engine.running();  // the current job, or the next one when it starts
 *     engine.hold();                       // no further step by itself; a cancellation still ends the run
 *     await engine.step(3);                // three steps, whether held or not; resolves after the third record
 *     engine.release();                    // runs by itself again
 *     await engine.finish();               // makes all remaining steps
 *     engine.fail('DIVERGED');             // the run fails with this code
 *     engine.crash();                      // as if the process was killed: ENGINE_CRASHED, the next job starts it again
 *     engine.hang();                       // the run answers nothing any more, not even a cancellation, until crash() or close()
 *     engine.startError = new EngineError('BACKEND_FAILED', '...');  // start() fails, until it is set to null
 *     engine.jobs;                         // all jobs so far
 */
export class ScriptedEngine implements Engine {
  readonly jobs: Job[] = [];
  startError: EngineError | null = null;
  memoryBytes = 0;
  #started = false;
  #closed = false;
  #run: ScriptedRun | null = null;
  #held = false;
  #granted = 0;
  /** Called at every change that a waiter may wait for. */
  readonly #waiters = new Set<() => void>();

  constructor(private readonly options: ScriptedEngineOptions = {}) {}

  get backend(): string | null {
    return this.#started ? (this.options.backend ?? 'onnx-cpu') : null;
  }

  get reason(): string | null {
    return this.#started ? 'scripted' : (this.startError?.message ?? null);
  }

  get threads(): number {
    return this.options.threads ?? 1;
  }

  get state(): EngineState {
    if (!this.#started) return 'DOWN';
    return this.#run ? 'BUSY' : 'READY';
  }

  async start(): Promise<void> {
    await Promise.resolve();
    if (this.#closed) throw new EngineError('ENGINE_CRASHED', 'The engine was shut down.');
    if (this.startError) throw this.startError;
    this.#started = true;
  }

  run(job: Job, { onStep, signal }: RunOptions): EngineRun {
    if (this.#run) throw new Error('The engine is busy.');
    this.jobs.push(job);
    const control = new JobControl();
    const finished = new Promise<RgbImage | null>((resolve, reject) => {
      this.#run = { control, resolve, reject, made: 0, hung: false };
    });
    const run = this.#run!;
    const cancel = () => {
      control.cancel();
      this.#changed();
    };
    if (signal.aborted) cancel();
    else signal.addEventListener('abort', cancel, { once: true });
    void this.#execute(run, job, onStep);
    this.#changed();
    return {
      finished: finished.finally(() => signal.removeEventListener('abort', cancel)),
      wantImage: () => {
        control.wantsImage = true;
        this.#changed();
      },
      wantCheckpoint: (file, request) => {
        control.wantsCheckpoint = { file, ...request };
        this.#changed();
      },
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.crash('was closed');
    await Promise.resolve();
  }

  /** Resolves with the current job, or with the next one when it starts. */
  async running(): Promise<Job> {
    await this.#until(() => this.#run !== null);
    return this.jobs.at(-1)!;
  }

  /** From now on runs make no step by themselves. */
  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
    this.#changed();
  }

  /** Makes steps of the current or next run, and resolves after the last one's record, or when the run ends. */
  async step(count = 1): Promise<void> {
    await this.running();
    const run = this.#run!;
    const last = run.made + count;
    this.#granted += count;
    this.#changed();
    await this.#until(() => run.made >= last || this.#run !== run);
  }

  /** Makes the remaining steps of the current or next run, and resolves when it has ended. */
  async finish(): Promise<void> {
    await this.step(Infinity);
  }

  fail(code: EngineErrorCode, message = 'A scripted failure.', field?: string): void {
    this.#settle()?.reject(new EngineError(code, message, field));
  }

  crash(how = 'was ended by SIGKILL'): void {
    // The real engine starts again at once, and stays down if it cannot.
    this.#started &&= !this.#closed && !this.startError;
    this.#settle()?.reject(new EngineError('ENGINE_CRASHED', `The engine process ${how}.`));
  }

  hang(): void {
    if (this.#run) this.#run.hung = true;
  }

  async #execute(run: ScriptedRun, job: Job, onStep: RunOptions['onStep']): Promise<void> {
    try {
      await this.start();
      await this.#permission(run);
      const image = await runJob(job, BACKEND, run.control, async (record, image, checkpoint) => {
        if (this.#run !== run) return;
        run.made += 1;
        if (this.#granted > 0) this.#granted -= 1;
        const elapsedMs = record.step * (this.options.stepMs ?? 10);
        onStep({ ...record, elapsedMs }, image, checkpoint);
        this.#changed();
        if (record.step < record.totalSteps) await this.#permission(run);
      });
      if (this.#run === run) this.#settle()!.resolve(image);
    } catch (error) {
      if (this.#run === run) this.#settle()!.reject(error as EngineError);
    }
  }

  /** Resolves when the run may make its next step, or has to end. A hung run waits for ever. */
  async #permission(run: ScriptedRun): Promise<void> {
    const { control } = run;
    const mayStep = () =>
      this.#granted > 0 ||
      (!this.#held &&
        (run.made < (this.options.freeSteps ?? 200) || control.wantsImage || control.wantsCheckpoint !== null));
    await this.#until(() => this.#run !== run || (!run.hung && (control.signal.aborted || mayStep())));
    if (this.#run !== run) control.cancel();
  }

  #settle(): ScriptedRun | null {
    const run = this.#run;
    this.#run = null;
    this.#granted = 0;
    this.#changed();
    return run;
  }

  async #until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        this.#waiters.add(resolve);
      });
    }
  }

  #changed(): void {
    const waiters = [...this.#waiters];
    this.#waiters.clear();
    for (const wake of waiters) wake();
  }
}

/** Loss of a layer per unit of the image's projection. */
const SLOPE = 1e-3;

/**
 * A backend without a network. Every layer's loss is linear in p(x) = mean(d x) for a fixed pattern d: content 1 + s p,
 * style 1 - s p. A linear objective has no minimum, so that the total falls at every step of either optimiser and no run
 * ends before its last step.
 */
const BACKEND: Backend = {
  name: 'scripted',
  capture: ({ features, grams }) =>
    Promise.resolve({
      features: new Map(features.map((layer) => [layer, new Float32Array(1)])),
      grams: new Map(grams.map((layer) => [layer, new Float32Array(1)])),
    }),
  compile: (request) => Promise.resolve(scriptedProgram(request)),
};

function scriptedProgram({ width, height, contentLayers, styleLayers }: ProgramRequest): Program {
  const direction = pattern(width, height);
  const { length } = direction;
  return {
    run: (image, content, style, gradient) => {
      let projection = 0;
      for (let i = 0; i < length; i++) projection += (direction[i]! * image[i]!) / length;
      let slope = 0;
      for (const layer of contentLayers) slope += SLOPE * content.get(layer)!.weight;
      for (const layer of styleLayers) slope -= SLOPE * style.get(layer)!.weight;
      for (let i = 0; i < length; i++) gradient[i] = (slope * direction[i]!) / length;
      return Promise.resolve({
        contentLosses: new Map(contentLayers.map((layer) => [layer, 1 + SLOPE * projection])),
        styleLosses: new Map(styleLayers.map((layer) => [layer, 1 - SLOPE * projection])),
      });
    },
    release: () => Promise.resolve(),
  };
}

/** Where the images of a run go: red rises from left to right, green from top to bottom, blue falls. [3, height, width] */
function pattern(width: number, height: number): Float32Array {
  const pixels = width * height;
  const values = new Float32Array(3 * pixels);
  for (let i = 0; i < pixels; i++) {
    const x = (2 * (i % width)) / width - 1;
    const y = (2 * Math.floor(i / width)) / height - 1;
    values[i] = x;
    values[pixels + i] = y;
    values[2 * pixels + i] = -x;
  }
  return values;
}
