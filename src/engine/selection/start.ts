/** Starts a backend by name. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Backend } from '../backend/backend.js';
import { createOnnxBackend } from '../backend/onnx/lazy-backend.js';
import type { OnnxProvider } from '../backend/onnx/onnx-backend.js';
import { installedTensorflow, loadTensorflow } from '../backend/tensorflow/load.js';
import { createTensorflowBackend } from '../backend/tensorflow/tensorflow-backend.js';
import { EngineError } from '../errors.js';
import type { BackendName } from './names.js';
import { timeStep } from './time-step.js';

export interface StartedBackend {
  readonly backend: Backend;
  /** Why it is this one, or what it is, in words for operators. */
  readonly reason: string;
}

/** Smallest picture that five blocks of a VGG can take, pixels. */
const SMALLEST = 16;

/** Why the backend cannot start here, where that shows without loading native code; else undefined. */
export async function findObstacle(name: BackendName): Promise<string | undefined> {
  if (name === 'tensorflow') return installedTensorflow() ? undefined : 'no TensorFlow package is installed';
  const provider = providerOf(name);
  const { listSupportedBackends } = await import('onnxruntime-node');
  const found = listSupportedBackends().find((backend) => backend.name === provider);
  if (!found) return `ONNX Runtime has no ${provider} for ${process.platform} ${process.arch}`;
  if (provider === 'cuda' && !found.bundled && !existsSync(cudaLibrary())) return 'its CUDA files are not installed';
  return undefined;
}

/**
 * Starts the backend and proves that it computes, with one small step.
 * @throws EngineError `BACKEND_FAILED`, saying why it does not start
 */
export async function startBackend(name: BackendName, { threads }: { threads: number }): Promise<StartedBackend> {
  const obstacle = await findObstacle(name);
  if (obstacle) throw new EngineError('BACKEND_FAILED', obstacle);
  const started = name === 'tensorflow' ? await startTensorflow() : startOnnx(providerOf(name), threads);
  await timeStep(started.backend, SMALLEST, { steps: 1 });
  return started;
}

async function startTensorflow(): Promise<StartedBackend> {
  const { tf, packageName, usesGpu } = await loadTensorflow();
  const backend = createTensorflowBackend(tf, usesGpu ? TENSORFLOW_ON_GPU : 'tensorflow-cpu');
  if (usesGpu) return { backend, reason: `${packageName} computes on a GPU` };
  const why = packageName.endsWith('-gpu')
    ? 'found no GPU that CUDA 11 and cuDNN 8 can use and'
    : 'has no GPU code and';
  return { backend, reason: `${packageName} ${why} computes on the CPU` };
}

/** The name of TensorFlow's backend where a GPU computes. */
export const TENSORFLOW_ON_GPU = 'tensorflow-gpu';

function startOnnx(provider: OnnxProvider, threads: number): StartedBackend {
  return { backend: createOnnxBackend({ threads, provider }), reason: `ONNX Runtime computes with ${provider}` };
}

const providerOf = (name: Exclude<BackendName, 'tensorflow'>) => name.slice('onnx-'.length) as OnnxProvider;

/** Where onnxruntime-node's install script puts what is too large for npm. */
function cudaLibrary(): string {
  const root = path.dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
  const file = process.platform === 'win32' ? 'onnxruntime_providers_cuda.dll' : 'libonnxruntime_providers_cuda.so';
  return path.join(root, 'bin', 'napi-v6', process.platform, process.arch, file);
}
