/** Which backend computes here. */
import { readdirSync } from 'node:fs';
import { createOnnxBackend } from '../backend/onnx/lazy-backend.js';
import { EngineError } from '../errors.js';
import { BACKEND_ADVICE, type BackendChoice } from './names.js';
import { PROBE_SIZE, probeBackend } from './probe.js';
import { findObstacle, startBackend, TENSORFLOW_ON_GPU, type StartedBackend } from './start.js';
import { timeStep } from './time-step.js';

/** Fastest kind first. */
const GPU_BACKENDS = ['tensorflow', 'onnx-cuda', 'onnx-webgpu'] as const;

/** A WebGPU adapter that takes so many times the CPU's time is none: drivers that compute on the CPU take 50 and more. */
const NO_REAL_ADAPTER = 5;

/**
 * Starts the backend that was asked for, or with `auto` the fastest kind that works here.
 * @throws EngineError `BACKEND_FAILED` where the one that was asked for cannot start
 */
export async function selectBackend(choice: BackendChoice, options: { threads: number }): Promise<StartedBackend> {
  if (choice !== 'auto') {
    const { backend, reason } = await startBackend(choice, options).catch((cause: unknown) => {
      const why = `${choice} cannot start: ${cause instanceof Error ? cause.message.trim() : String(cause)}. It needs: ${BACKEND_ADVICE[choice]}.`;
      throw new EngineError('BACKEND_FAILED', why, undefined, { cause });
    });
    return { backend, reason: `asked for; ${reason}` };
  }
  const rejected: string[] = [];
  for (const name of GPU_BACKENDS) {
    const objection = await findObjection(name, options.threads);
    if (!objection) return await startBackend(name, options);
    rejected.push(`${name}: ${objection}`);
  }
  const { backend } = await startBackend('onnx-cpu', options);
  return { backend, reason: `no GPU to compute on (${rejected.join('; ')})` };
}

/** Why the backend is no good choice here; undefined where it is one. */
async function findObjection(name: (typeof GPU_BACKENDS)[number], threads: number): Promise<string | undefined> {
  const obstacle = (await findObstacle(name)) ?? findMissingDevice();
  if (obstacle) return obstacle;
  const report = await probeBackend(name, { threads });
  if (!report.works) return report.reason;
  if (name === 'tensorflow' && report.backend !== TENSORFLOW_ON_GPU) return report.reason;
  if (name === 'onnx-webgpu') {
    const cpuSeconds = await timeStep(createOnnxBackend({ threads }), PROBE_SIZE);
    const ratio = report.seconds / cpuSeconds;
    if (ratio > NO_REAL_ADAPTER)
      return `its adapter takes ${ratio.toFixed(0)} times as long as the CPU, so it is not a GPU`;
  }
  return undefined;
}

/** On Linux a GPU shows as a device file; without one nothing has to be tried. */
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
  return 'the machine shows no GPU (/dev/dri/renderD*, /dev/nvidia*, /dev/dxg)';
}
