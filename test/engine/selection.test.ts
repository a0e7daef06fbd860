import { afterEach, describe, expect, it, vi } from 'vitest';
import { BACKEND_ADVICE, selectBackend, probeBackend } from '../../src/engine/index.js';

const threads = 1;
/** A provider of another platform. */
const foreign = process.platform === 'win32' ? 'onnx-coreml' : 'onnx-dml';

describe('the choice of a backend', () => {
  it('takes what is asked for', async () => {
    const { backend, reason } = await selectBackend('onnx-cpu', { threads });
    expect(backend.name).toBe('onnx-cpu');
    expect(reason).toContain('asked for');
  });

  it('refuses what is asked for and cannot start, and says what would help', async () => {
    const refusal = selectBackend(foreign, { threads });
    await expect(refusal).rejects.toMatchObject({ code: 'BACKEND_FAILED' });
    await expect(refusal).rejects.toThrow(BACKEND_ADVICE[foreign]);
  });

  it('finds one by itself, and says why not a faster one', { timeout: 300_000 }, async () => {
    const { backend, reason } = await selectBackend('auto', { threads });
    if (backend.name === 'onnx-cpu') expect(reason).toMatch(/tensorflow: .*onnx-cuda: .*onnx-webgpu: /s);
    else expect(['tensorflow-gpu', 'onnx-cuda', 'onnx-webgpu']).toContain(backend.name);
  });
});

describe('a probe', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('times a step', async () => {
    const report = await probeBackend('onnx-cpu', { threads });
    expect(report).toMatchObject({ works: true, backend: 'onnx-cpu' });
    expect(report.works && report.seconds).toBeGreaterThan(0);
  });

  it('tells why a backend does not start', async () => {
    const reason = expect.stringContaining('ONNX Runtime has no') as string;
    expect(await probeBackend(foreign, { threads })).toEqual({ works: false, reason });
  });

  it('survives its process', async () => {
    vi.stubEnv('NODE_OPTIONS', '--no-such-option');
    const reason = expect.stringContaining('its process ended with code') as string;
    expect(await probeBackend('onnx-cpu', { threads })).toEqual({ works: false, reason });
  });

  it('gives up', async () => {
    const reason = expect.stringContaining('longer than 0.001 s') as string;
    expect(await probeBackend('onnx-cpu', { threads, timeoutMs: 1 })).toEqual({ works: false, reason });
  });
});
