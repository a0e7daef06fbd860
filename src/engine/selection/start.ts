/** The backends by name: what they need, and how to start them. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Backend } from '../backend/backend.js';
import { createOnnxBackend } from '../backend/onnx/lazy-backend.js';
import type { OnnxProvider } from '../backend/onnx/onnx-backend.js';
import { installedTensorflow, loadTensorflow } from '../backend/tensorflow/load.js';
import { createTensorflowBackend } from '../backend/tensorflow/tensorflow-backend.js';
import { EngineError } from '../errors.js';
import { noiseImage } from '../image/noise.js';
import { locateNetwork } from '../install/resolve.js';
import { loadNetwork } from '../network/network.js';
import { createEvaluator } from '../objective/evaluator.js';
import { resolveRecipe } from '../recipe/presets.js';

/** Fastest kind first. `tensorflow` is tfjs-node-gpu or tfjs-node, whichever is installed. */
export const BACKEND_NAMES = ['tensorflow', 'onnx-cuda', 'onnx-webgpu', 'onnx-cpu'] as const;
export type BackendName = (typeof BACKEND_NAMES)[number];

/** `auto`: the first of tensorflow on a GPU, onnx-cuda, onnx-webgpu on a real adapter, onnx-cpu that works. */
export const BACKEND_CHOICES = ['auto', ...BACKEND_NAMES] as const;
export type BackendChoice = (typeof BACKEND_CHOICES)[number];

/** How to install each backend. */
export const BACKEND_ADVICE: Readonly<Record<BackendName, string>> = {
  tensorflow: 'npm install --no-save @tensorflow/tfjs-node-gpu@4.22.0, with CUDA 11 and cuDNN 8 on the machine',
  'onnx-cuda':
    'node node_modules/onnxruntime-node/script/install.js --onnxruntime-node-install=cuda12 (Linux x64), with CUDA 12 and cuDNN 9 on the machine',
  'onnx-webgpu': 'a driver for Vulkan (on Debian libvulkan1 and the GPU’s own), Metal or Direct3D 12',
  'onnx-cpu': 'npm ci',
};

export interface StartedBackend {
  readonly backend: Backend;
  /** Why this backend was selected, or what it computes on. */
  readonly reason: string;
}

/** Name of the TensorFlow backend if it computes on a GPU. */
export const TENSORFLOW_ON_GPU = 'tensorflow-gpu';

/** Side of the smallest image that five blocks of a VGG accept, pixels. */
const SMALLEST = 16;

/** Why the backend cannot start here, as far as that is known without starting it; undefined if nothing is in the way. */
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
 * Starts the backend and makes one small step, to prove that it computes.
 * @throws EngineError `BACKEND_FAILED` if it does not
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

function startOnnx(provider: OnnxProvider, threads: number): StartedBackend {
  return { backend: createOnnxBackend({ threads, provider }), reason: `ONNX Runtime computes with ${provider}` };
}

const providerOf = (name: Exclude<BackendName, 'tensorflow'>) => name.slice('onnx-'.length) as OnnxProvider;

/** Where the install script of onnxruntime-node puts the files that are too large for npm. */
function cudaLibrary(): string {
  const root = path.dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
  const file = process.platform === 'win32' ? 'onnxruntime_providers_cuda.dll' : 'libonnxruntime_providers_cuda.so';
  return path.join(root, 'bin', 'napi-v6', process.platform, process.arch, file);
}

/**
 * Seconds of one evaluation of the draft recipe's objective (the quarter network) at size x size pixels: the minimum of
 * `steps` evaluations, after a first one that does not count. Throws the errors of the backend.
 */
export async function timeStep(backend: Backend, size: number, { steps = 5 } = {}): Promise<number> {
  const recipe = resolveRecipe('draft');
  const network = await loadNetwork((await locateNetwork(recipe)).file);
  const content = noiseImage(size, size, 1);
  const styles = [{ image: noiseImage(size, size, 2), weight: 1 }];
  const evaluator = await createEvaluator({ network, content, styles, recipe, backend });
  try {
    let shortest = Infinity;
    for (let step = 0; step <= steps; step++) {
      const begun = performance.now();
      await evaluator.evaluate(content.data);
      if (step > 0) shortest = Math.min(shortest, (performance.now() - begun) / 1000);
    }
    return shortest;
  } finally {
    await evaluator.release();
  }
}
