import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { describe } from 'vitest';
import type { Evaluation } from '../../src/engine/index.js';
import { describeParity } from '../engine/parity.js';
import type { Evaluate } from '../engine/reference.js';

/** Chromium contains a Vulkan loader and a driver that runs on the CPU. */
const CHROMIUM = '/usr/lib/chromium';
const DRIVER = `${CHROMIUM}/vk_swiftshader_icd.json`;

/** Evaluates in a child process, because the Vulkan loader reads its search paths when the process starts. */
const evaluateOnSwiftShader: Evaluate = async (caseName, images) => {
  const child = fork(fileURLToPath(new URL('../engine/evaluate-process.ts', import.meta.url)), ['webgpu'], {
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

describe('onnx-webgpu on SwiftShader', () => {
  describeParity({
    name: 'onnx-webgpu on SwiftShader',
    cases: ['tiny', 'masks'],
    evaluate: evaluateOnSwiftShader,
    missing: existsSync(DRIVER) ? undefined : `needs ${DRIVER}, of Chromium`,
  });
});
