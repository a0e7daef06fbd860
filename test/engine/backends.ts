/** Every backend that this machine can start, or why it cannot, behind one function. */
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
  /** Stored cases to run; the slow ones leave the large ones out. */
  readonly cases: readonly string[];
  readonly evaluate: Evaluate;
  /** Why it cannot be started here; undefined where it can. */
  readonly missing?: string | undefined;
}

const ALL_CASES = Object.keys(storedCases());

/** The code of tfjs-node on another backend of tfjs. */
export async function startTfjs(backend: 'cpu' | 'wasm'): Promise<Backend> {
  await import(`@tensorflow/tfjs-backend-${backend}`);
  if (!(await tf.setBackend(backend))) throw new Error(`tfjs could not start ${backend}`);
  return createTensorflowBackend(tf, `tensorflow-${backend}`);
}

/** Chromium brings a Vulkan loader and a driver that computes on the CPU. */
const CHROMIUM = '/usr/lib/chromium';
const DRIVER = `${CHROMIUM}/vk_swiftshader_icd.json`;

/** In a process of its own: where the Vulkan loader looks for drivers and libraries is settled when a process starts. */
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

// NVIDIA's libraries round float32 products to 10 bits unless told not to; parity is about float32.
process.env['NVIDIA_TF32_OVERRIDE'] = '0';

/** A backend as the engine process starts it. What does not start, or takes seconds a step, is left out. */
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
