/** Finds and loads the native TensorFlow binding for Node, an optional peer dependency. */
import { createRequire } from 'node:module';
import { EngineError } from '../../errors.js';
import type { Tensorflow } from './convolutions.js';

/** In order of preference. Only one may be loaded: both contain the same native library. */
const PACKAGES = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;

export interface LoadedTensorflow {
  readonly tf: Tensorflow;
  readonly packageName: string;
  /** False also if tfjs-node-gpu finds no CUDA: it falls back to the CPU silently. */
  readonly usesGpu: boolean;
}

/** Name of the installed package; undefined if there is none. */
export function installedTensorflow(require = createRequire(import.meta.url)): string | undefined {
  return PACKAGES.find((name) => {
    try {
      require.resolve(name);
      return true;
    } catch {
      return false;
    }
  });
}

/** Loads the installed package. Throws `BACKEND_FAILED` if there is none or if loading fails. */
export async function loadTensorflow(require = createRequire(import.meta.url)): Promise<LoadedTensorflow> {
  const packageName = installedTensorflow(require);
  if (!packageName)
    throw new EngineError('BACKEND_FAILED', `TensorFlow is not installed. Install ${PACKAGES.join(' or ')}.`);
  restoreUtil(require('node:util') as Record<string, unknown>);
  try {
    const tf = require(packageName) as Tensorflow;
    await tf.ready();
    const { isUsingGpuDevice } = tf.backend() as { isUsingGpuDevice?: boolean };
    return { tf, packageName, usesGpu: isUsingGpuDevice === true };
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new EngineError('BACKEND_FAILED', `${packageName} cannot be loaded: ${message}`, undefined, { cause });
  }
}

/** Restores functions of `util` that Node 23 removed and tfjs-node 4.22 calls. */
export function restoreUtil(util: Record<string, unknown>): void {
  util['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined;
  util['isArray'] ??= Array.isArray;
}
