/** Finds and loads TensorFlow's native binding for Node. It is an optional peer: nothing here is in package-lock. */
import { createRequire } from 'node:module';
import { EngineError } from '../../errors.js';
import type { Tensorflow } from './convolutions.js';

/** In order of preference. Never both: they bring the same native library twice. */
const PACKAGES = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;

export interface LoadedTensorflow {
  readonly tf: Tensorflow;
  readonly packageName: string;
  /** False also where tfjs-node-gpu found no CUDA: it says nothing and computes on the CPU. */
  readonly usesGpu: boolean;
}

/** The package that would be loaded; undefined where there is none. */
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

/** Loads the installed package. Throws `BACKEND_FAILED` where there is none or it does not load. */
export async function loadTensorflow(require = createRequire(import.meta.url)): Promise<LoadedTensorflow> {
  const packageName = installedTensorflow(require);
  if (!packageName) throw new EngineError('BACKEND_FAILED', `none of ${PACKAGES.join(', ')} is installed`);
  restoreUtil(require('node:util') as Record<string, unknown>);
  try {
    const tf = require(packageName) as Tensorflow;
    await tf.ready();
    const { isUsingGpuDevice } = tf.backend() as { isUsingGpuDevice?: boolean };
    return { tf, packageName, usesGpu: isUsingGpuDevice === true };
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new EngineError('BACKEND_FAILED', `${packageName} does not load: ${message}`, undefined, { cause });
  }
}

/** tfjs-node 4.22 calls functions that Node 23 took out of `util`. */
export function restoreUtil(util: Record<string, unknown>): void {
  util['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined;
  util['isArray'] ??= Array.isArray;
}
