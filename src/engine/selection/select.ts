import { readdirSync } from 'node:fs';
import { createOnnxBackend } from '../backend/onnx/lazy-backend.js';
import { EngineError } from '../errors.js';
import { PROBE_SIZE, probeBackend } from './probe.js';
import {
  BACKEND_ADVICE,
  findObstacle,
  startBackend,
  TENSORFLOW_ON_GPU,
  timeStep,
  type BackendChoice,
  type StartedBackend,
} from './start.js';

/** Fastest kind first. */
const GPU_BACKENDS = ['tensorflow', 'onnx-cuda', 'onnx-webgpu'] as const;

/** A WebGPU adapter that is slower than the CPU by this factor is not a GPU: drivers that compute on the CPU take 50 times as long. */
const MAX_SLOWDOWN = 5;

/**
 * Starts the requested backend, or with `auto` the fastest kind that works here.
 * @throws EngineError `BACKEND_FAILED` if the requested backend cannot start
 */
export async function selectBackend(choice: BackendChoice, options: { threads: number }): Promise<StartedBackend> {
  if (choice !== 'auto') {
    const { backend, reason } = await startBackend(choice, options).catch((cause: unknown) => {
      const why = `${choice} cannot start: ${cause instanceof Error ? cause.message.trim() : String(cause)}. It needs: ${BACKEND_ADVICE[choice]}.`;
      throw new EngineError('BACKEND_FAILED', why, undefined, { cause });
    });
    return { backend, reason: `requested; ${reason}` };
  }
  const rejected: string[] = [];
  for (const name of GPU_BACKENDS) {
    const objection = await findObjection(name, options.threads);
    if (!objection) return await startBackend(name, options);
    rejected.push(`${name}: ${objection}`);
  }
  const { backend } = await startBackend('onnx-cpu', options);
  return { backend, reason: `no usable GPU (${rejected.join('; ')})` };
}

/** Why `auto` does not select the backend; undefined if it does. */
async function findObjection(name: (typeof GPU_BACKENDS)[number], threads: number): Promise<string | undefined> {
  const obstacle = (await findObstacle(name)) ?? findMissingDevice();
  if (obstacle) return obstacle;
  const report = await probeBackend(name, { threads });
  if (!report.works) return report.reason;
  if (name === 'tensorflow' && report.backend !== TENSORFLOW_ON_GPU) return report.reason;
  if (name === 'onnx-webgpu') {
    const cpuSeconds = await timeStep(createOnnxBackend({ threads }), PROBE_SIZE);
    const ratio = report.seconds / cpuSeconds;
    if (ratio > MAX_SLOWDOWN)
      return `its adapter takes ${ratio.toFixed(0)} times as long as the CPU, so the adapter is not a GPU`;
  }
  return undefined;
}

/** On Linux a GPU has a device file. Without one, no backend needs to be probed. */
function findMissingDevice(): string | undefined {
  if (process.platform !== 'linux') return undefined;
  const has = (folder: string, pattern: RegExp) => {
    try {
      return readdirSync(folder).some((file) => pattern.test(file));
    } catch {
      return false;
    }
  };
  if (has('/dev/dri', /^renderD/) || has('/dev', /^(nvidia\d|dxg$)/)) return undefined;
  return 'the machine has no GPU (/dev/dri/renderD*, /dev/nvidia*, /dev/dxg)';
}
