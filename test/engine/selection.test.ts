import { afterEach, describe, expect, it, vi } from 'vitest';
import { BACKEND_ADVICE, findObstacle, probeBackend, selectBackend } from '../../src/engine/index.js';
import { unavailableBackend } from '../support/unavailable-backend.js';

const threads = 1;

describe('selectBackend', () => {
  it('starts the requested backend', async () => {
    const { backend, reason } = await selectBackend('onnx-cpu', { threads });
    expect(backend.name).toBe('onnx-cpu');
    expect(reason).toContain('requested');
  });

  it('rejects a requested backend that cannot start, with advice', async () => {
    const name = await unavailableBackend();
    const refusal = selectBackend(name, { threads });
    await expect(refusal).rejects.toMatchObject({ code: 'BACKEND_FAILED' });
    await expect(refusal).rejects.toThrow(BACKEND_ADVICE[name]);
  });

  it(
    'selects the fastest backend that works, and says why the faster ones were rejected',
    { timeout: 300_000 },
    async () => {
      const { backend, reason } = await selectBackend('auto', { threads });
      if (backend.name === 'onnx-cpu') expect(reason).toMatch(/tensorflow: .*onnx-cuda: .*onnx-webgpu: /s);
      else expect(['tensorflow-gpu', 'onnx-cuda', 'onnx-webgpu']).toContain(backend.name);
    },
  );
});

describe('probeBackend', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('times one step', async () => {
    const report = await probeBackend('onnx-cpu', { threads });
    expect(report).toMatchObject({ works: true, backend: 'onnx-cpu' });
    expect(report.works && report.seconds).toBeGreaterThan(0);
  });

  it('reports why a backend does not start', async () => {
    const name = await unavailableBackend();
    const reason = (await findObstacle(name))!;
    expect(await probeBackend(name, { threads })).toEqual({ works: false, reason });
  });

  it('reports that its process died', async () => {
    vi.stubEnv('NODE_OPTIONS', '--no-such-option');
    const reason = expect.stringContaining('its process ended with code') as string;
    expect(await probeBackend('onnx-cpu', { threads })).toEqual({ works: false, reason });
  });

  it('reports a timeout', async () => {
    const reason = expect.stringContaining('longer than 0.001 s') as string;
    expect(await probeBackend('onnx-cpu', { threads, timeoutMs: 1 })).toEqual({ works: false, reason });
  });
});
