/** All backends, with the reason if this machine cannot start one. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import {
  BACKEND_NAMES,
  createOnnxBackend,
  createTensorflowBackend,
  probeBackend,
  startBackend,
  type Backend,
  type BackendName,
  type Evaluation,
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

/** Chromium contains a Vulkan loader and a driver that runs on the CPU. */
const CHROMIUM = '/usr/lib/chromium';
const DRIVER = `${CHROMIUM}/vk_swiftshader_icd.json`;

/** Evaluates in a child process, because the Vulkan loader reads its search paths when the process starts. */
const evaluateOnSwiftShader: Evaluate = async (caseName, images) => {
  const child = fork(fileURLToPath(new URL('evaluate-process.ts', import.meta.url)), ['webgpu'], {
    execArgv: ['--import', createRequire(import.meta.url).resolve('tsx')],
    env: { ...process.env, VK_DRIVER_FILES: DRIVER, LD_LIBRARY_PATH: CHROMIUM },
    serialization: 'advanced',
  });
  child.send({ caseName, images });
  const exited = once(child, 'exit').then(([code, signal]) => {
    throw new Error(`the process ended with ${signal ?? code}`);
  });
  const [evaluations] = (await Promise.race([once(child, 'message'), exited])) as [Evaluation[]];
  exited.catch(() => undefined);
  child.disconnect();
  return evaluations;
};

// By default, NVIDIA's libraries round float32 products to 10 bits (TF32).
process.env['NVIDIA_TF32_OVERRIDE'] = '0';

/** A backend as the engine process starts it. Backends that do not start or need seconds per step are skipped. */
async function installed(name: BackendName): Promise<Candidate> {
  const threads = 2;
  const report = await probeBackend(name, { threads });
  const evaluate = evaluatingWith(async () => (await startBackend(name, { threads })).backend);
  return { name, cases: ALL_CASES, evaluate, missing: report.works ? undefined : report.reason };
}

export const CANDIDATES: readonly Candidate[] = [
  {
    name: 'onnx-cpu',
    cases: ALL_CASES,
    evaluate: evaluatingWith(() => Promise.resolve(createOnnxBackend({ threads: 2 }))),
  },
  { name: 'tensorflow on tfjs wasm', cases: ALL_CASES, evaluate: evaluatingWith(() => startTfjs('wasm')) },
  {
    name: 'tensorflow on tfjs cpu',
    cases: ['tiny', 'average-pooling', 'masks'],
    evaluate: evaluatingWith(() => startTfjs('cpu')),
  },
  {
    name: 'onnx-webgpu on SwiftShader',
    cases: ['tiny', 'masks'],
    evaluate: evaluateOnSwiftShader,
    missing: existsSync(DRIVER) ? undefined : `needs ${DRIVER}, of Chromium`,
  },
  ...(await Promise.all(BACKEND_NAMES.filter((name) => name !== 'onnx-cpu').map(installed))),
];
