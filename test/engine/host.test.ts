import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { BackendChoice } from '../../src/engine/selection/start.js';
import { EngineError } from '../../src/engine/errors.js';
import { locateNetwork } from '../../src/engine/install/resolve.js';
import { resolveRecipe } from '../../src/engine/index.js';
import type { StepRecord } from '../../src/engine/types/run.js';
import type { Engine, Job, WrittenCheckpoint } from '../../src/engine/worker/engine.js';
import { EngineProcess } from '../../src/engine/worker/host.js';
import { temporaryFolder } from '../storage/support.js';
import { deferred } from '../support/deferred.js';
import { ScriptedEngine } from '../support/scripted-engine.js';
import { unavailableBackend } from '../support/unavailable-backend.js';
import { ENDLESS, silent } from '../support/sessions.js';
import type { RgbImage } from '../../src/core/pixels.js';

function openProcess(backend: BackendChoice = 'onnx-cpu'): EngineProcess {
  const engine = new EngineProcess({ threads: 1, backend, logger: silent });
  onTestFinished(() => engine.close());
  return engine;
}

function picture(side: number): RgbImage {
  return { width: side, height: side, data: Uint8Array.from({ length: side * side * 3 }, (_, i) => (i * 37) % 256) };
}

async function job(steps: number, changes: Partial<Job> = {}): Promise<Job> {
  const recipe = resolveRecipe('draft', { size: 32, steps });
  const network = await locateNetwork(recipe);
  const styles = [{ image: picture(40), weight: 1 }];
  return { jobId: 'job', recipe, content: picture(32), styles, network, firstSeq: 1, ...changes };
}

// Tests of other rooms use the scripted engine, so it must behave as the process does.
describe.each([
  ['the engine process', openProcess],
  ['the scripted engine', () => new ScriptedEngine()],
])('%s', (_name, startEngine: () => Engine) => {
  it('runs a job, reports every step, and makes an image on request only', async () => {
    const engine = startEngine();
    expect(engine.state).toBe('DOWN');
    await engine.start();
    expect(engine).toMatchObject({ state: 'READY', backend: 'onnx-cpu', reason: expect.any(String) as string });
    const steps: [StepRecord, RgbImage | undefined][] = [];
    const run = engine.run(await job(5, { firstSeq: 11 }), {
      signal: new AbortController().signal,
      onStep: (record, image) => {
        if (steps.length === 0) run.wantImage();
        steps.push([record, image]);
      },
    });
    expect(engine.state).toBe('BUSY');
    expect(await run.finished).toMatchObject({ width: 32, height: 32 });
    expect(steps.map(([{ seq }]) => seq)).toEqual([11, 12, 13, 14, 15]);
    expect(steps.filter(([, image]) => image)).toHaveLength(1);
    expect(engine.state).toBe('READY');
  });

  it('stops within one step of an abort, and runs the next job', async () => {
    const engine = startEngine();
    const abort = new AbortController();
    const run = engine.run(await job(ENDLESS), { signal: abort.signal, onStep: () => abort.abort() });
    expect(await run.finished).toBeNull();
    const next = engine.run(await job(1), { signal: new AbortController().signal, onStep: () => undefined });
    expect(await next.finished).toMatchObject({ width: 32 });
  });

  it('writes a checkpoint on request and stops, and another engine resumes from the checkpoint', async () => {
    const file = path.join(await temporaryFolder(), 'checkpoint');
    const signal = new AbortController().signal;
    const steps: number[] = [];
    const written: (WrittenCheckpoint & { step: number })[] = [];
    const first = startEngine().run(await job(20), {
      signal,
      onStep: ({ step }, _image, checkpoint) => {
        if (step === 3) first.wantCheckpoint(file, { form: 'FULL', thenStop: true });
        steps.push(step);
        if (checkpoint) written.push({ ...checkpoint, step });
      },
    });
    expect(await first.finished).toBeNull();
    const stoppedAt = steps.length;
    expect(written).toEqual([{ file, step: stoppedAt }]);
    const second = startEngine().run(await job(20, { resume: file, firstSeq: stoppedAt + 1 }), {
      signal,
      onStep: ({ seq, step }) => expect(seq).toBe(steps.push(step)),
    });
    expect(await second.finished).toMatchObject({ width: 32 });
    expect(steps).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  });

  it('reports a checkpoint that cannot be written or read', async () => {
    const engine = startEngine();
    const signal = new AbortController().signal;
    const nowhere = path.join(await temporaryFolder(), 'no-folder', 'checkpoint');
    const errors: (string | undefined)[] = [];
    const run = engine.run(await job(20), {
      signal,
      onStep: (_record, _image, checkpoint) => checkpoint && errors.push(checkpoint.error),
    });
    run.wantCheckpoint(nowhere, { form: 'FULL', thenStop: false });
    expect(await run.finished).toMatchObject({ width: 32 });
    expect(errors).toEqual([expect.stringContaining('ENOENT')]);
    const next = engine.run(await job(20, { resume: nowhere }), { signal, onStep: () => undefined });
    await expect(next.finished).rejects.toMatchObject({ code: 'CHECKPOINT_INVALID' });
  });

  it('stops a job that was aborted before the start', async () => {
    const run = startEngine().run(await job(ENDLESS), { signal: AbortSignal.abort(), onStep: () => undefined });
    expect(await run.finished).toBeNull();
  });

  it('reports why a job failed', async () => {
    const { network } = await job(1);
    const run = startEngine().run(await job(1, { network: { ...network, sha256: '0'.repeat(64) } }), {
      signal: new AbortController().signal,
      onStep: () => undefined,
    });
    await expect(run.finished).rejects.toMatchObject({ code: 'NETWORK_INVALID' });
  });
});

describe('the engine process', () => {
  it('rejects the job when it is killed, and restarts', async () => {
    const engine = openProcess();
    const step = deferred();
    const signal = new AbortController().signal;
    const run = engine.run(await job(ENDLESS), { signal, onStep: () => step.resolve() });
    await step.promise;
    expect(engine.memoryBytes).toBeGreaterThan(30 * 2 ** 20);
    const killed = engine.pid!;
    process.kill(killed, 'SIGKILL');
    await expect(run.finished).rejects.toMatchObject({
      code: 'ENGINE_CRASHED',
      message: expect.stringMatching(/SIGKILL.*smaller size/) as string,
    });
    await engine.start();
    expect(engine.pid).not.toBe(killed);
    expect(await engine.run(await job(1), { signal, onStep: () => undefined }).finished).toMatchObject({ width: 32 });
  });

  it('does not restart in a loop when it dies while starting', async () => {
    const engine = openProcess();
    const starting = engine.start();
    process.kill(engine.pid!, 'SIGKILL');
    await expect(starting).rejects.toMatchObject({ code: 'ENGINE_CRASHED' });
    expect(engine).toMatchObject({ state: 'DOWN', pid: undefined });
    await engine.start();
    expect(engine.state).toBe('READY');
  });

  it('reports why the requested backend cannot start', async () => {
    const backend = await unavailableBackend();
    const engine = openProcess(backend);
    await expect(engine.start()).rejects.toMatchObject({ code: 'BACKEND_FAILED' });
    expect(engine).toMatchObject({ state: 'DOWN', backend: null });
    expect(engine.reason).toMatch(new RegExp(`^${backend} cannot start: .* It needs: `));
  });

  it('ends when it is closed', async () => {
    const engine = openProcess();
    await engine.start();
    const pid = engine.pid!;
    await engine.close();
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    await expect(engine.start()).rejects.toMatchObject({ code: 'ENGINE_CRASHED' });
  });
});

describe('the scripted engine', () => {
  const signal = new AbortController().signal;

  it('makes steps on request, with falling losses', async () => {
    const engine = new ScriptedEngine();
    const records: StepRecord[] = [];
    const onStep = (record: StepRecord) => records.push(record);
    engine.hold();
    const run = engine.run(await job(10), { signal, onStep });
    expect(await engine.running()).toBe(engine.jobs[0]);
    await engine.step(3);
    expect(records.map(({ step, elapsedMs }) => [step, elapsedMs])).toEqual([
      [1, 10],
      [2, 20],
      [3, 30],
    ]);
    await engine.finish();
    expect(await run.finished).toMatchObject({ width: 32 });
    const totals = records.map(({ losses }) => losses.total);
    expect(totals).toEqual(totals.toSorted((a, b) => b - a));
    expect(new Set(totals).size).toBe(10);
  });

  it('stops a long run after the free steps, then makes one step per request', async () => {
    const engine = new ScriptedEngine({ freeSteps: 2 });
    const images = deferred<number>();
    const run = engine.run(await job(ENDLESS), { signal, onStep: ({ step }, image) => image && images.resolve(step) });
    await engine.step(0);
    run.wantImage();
    expect(await images.promise).toBeLessThanOrEqual(3);
    const file = path.join(await temporaryFolder(), 'checkpoint');
    run.wantCheckpoint(file, { form: 'FINAL', thenStop: true });
    expect(await run.finished).toBeNull();
  });

  it('fails, crashes and hangs on request', async () => {
    const engine = new ScriptedEngine();
    const start = async (signal: AbortSignal) => engine.run(await job(ENDLESS), { signal, onStep: () => undefined });
    const failing = await start(signal);
    engine.fail('DIVERGED');
    await expect(failing.finished).rejects.toMatchObject({ code: 'DIVERGED' });
    const abort = new AbortController();
    const hanging = await start(abort.signal);
    engine.hang();
    abort.abort();
    await expect(
      Promise.race([hanging.finished, new Promise((resolve) => setImmediate(resolve, 'hangs'))]),
    ).resolves.toBe('hangs');
    engine.crash();
    await expect(hanging.finished).rejects.toMatchObject({ code: 'ENGINE_CRASHED' });
    engine.startError = new EngineError('BACKEND_FAILED', 'No GPU.');
    engine.crash();
    expect(engine.state).toBe('DOWN');
    await expect((await start(signal)).finished).rejects.toMatchObject({ code: 'BACKEND_FAILED' });
  });
});
