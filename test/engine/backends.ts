/** All backends, with the reason if this machine cannot start one. */
import * as tf from '@tensorflow/tfjs-core';
import {
  BACKEND_NAMES,
  createOnnxBackend,
  createTensorflowBackend,
  probeBackend,
  startBackend,
  type Backend,
  type BackendName,
} from '../../src/engine/index.js';
import { evaluatingWith, storedCases, type Evaluate } from './reference.js';

export interface Candidate {
  readonly name: string;
  /** Stored cases to run; slow backends skip the large ones. */
  readonly cases: readonly string[];
  readonly evaluate: Evaluate;
  /** Why this machine cannot start the backend; undefined if it can. */
  readonly missing?: string | undefined;
}

const ALL_CASES = Object.keys(storedCases());

/** The TensorFlow backend on another tfjs backend. */
export async function startTfjs(backend: 'cpu' | 'wasm'): Promise<Backend> {
  await import(`@tensorflow/tfjs-backend-${backend}`);
  if (!(await tf.setBackend(backend))) throw new Error(`tfjs could not start ${backend}`);
  return createTensorflowBackend(tf, `tensorflow-${backend}`);
}

// By default, NVIDIA's libraries round float32 products to 10 bits (TF32).
process.env['NVIDIA_TF32_OVERRIDE'] = '0';

/** A backend as the engine process starts it. Backends that do not start or need seconds per step are skipped. */
async function installed(name: BackendName): Promise<Candidate> {
  const threads = 2;
  const report = await probeBackend(name, { threads });
  const evaluate = evaluatingWith(async () => (await startBackend(name, { threads })).backend);
  return { name, cases: ALL_CASES, evaluate, missing: report.works ? undefined : report.reason };
}

/** The backend that the others are compared with. */
export const ONNX_CPU: Candidate = {
  name: 'onnx-cpu',
  cases: ALL_CASES,
  evaluate: evaluatingWith(() => Promise.resolve(createOnnxBackend({ threads: 2 }))),
};

export const CANDIDATES: readonly Candidate[] = [
  ONNX_CPU,
  { name: 'tensorflow on tfjs wasm', cases: ALL_CASES, evaluate: evaluatingWith(() => startTfjs('wasm')) },
  {
    name: 'tensorflow on tfjs cpu',
    cases: ['tiny', 'average-pooling', 'masks'],
    evaluate: evaluatingWith(() => startTfjs('cpu')),
  },
  ...(await Promise.all(BACKEND_NAMES.filter((name) => name !== 'onnx-cpu').map(installed))),
];
