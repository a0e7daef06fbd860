/**
 * The worker of `measureUnitCosts`: times small pieces of real work and fits the unit costs. Argument 1 is the backend's
 * name, argument 2 the number of threads.
 */
import type { Backend } from '../backend/backend.js';
import { noiseImage } from '../image/noise.js';
import { locateNetwork } from '../install/resolve.js';
import { loadNetwork, type Network } from '../network/network.js';
import { createEvaluator } from '../objective/evaluator.js';
import { Lbfgs } from '../optimizer/lbfgs.js';
import { resolveRecipe } from '../recipe/presets.js';
import type { Losses } from '../types/run.js';
import { addWork, evaluationWork, setupWork, stepWork, times, type Work } from './work.js';
import { answerParent } from '../process/child.js';
import { startBackend, type BackendName } from '../selection/start.js';
import { fitCosts, type Sample } from './unit-costs.js';

/** Networks of two widths separate arithmetic from memory; sizes range from cached to uncached. Cheapest first. */
const LADDER = [
  { network: 'vgg19-quarter', size: 96 },
  { network: 'vgg19-half', size: 96 },
  { network: 'vgg19-quarter', size: 192 },
  { network: 'vgg19-half', size: 160 },
  { network: 'vgg19-quarter', size: 320 },
  { network: 'vgg19-half', size: 256 },
] as const;

/** Evaluations before the timed ones: the first allocates buffers, the second rearranges them. */
const WARM_UP = 2;
const TIMED = 3;

/** Time for all measurements, seconds. A measurement that has begun is completed. */
const BUDGET_SECONDS = 2.5;

const RECIPE = resolveRecipe('balanced');

const [, , backendName, threads] = process.argv;

await answerParent(async () => {
  const { backend } = await startBackend(backendName as BackendName, { threads: Number(threads) });
  return fitCosts(await measure(backend));
});

/** Times the optimiser and the ladder: at least two rungs, further ones until the budget is spent. */
async function measure(backend: Backend): Promise<Sample[]> {
  const begun = performance.now();
  const networks = new Map<string, Network>();
  const samples = [await timeOptimizer()];
  for (const [rung, { network: name, size }] of LADDER.entries()) {
    if (rung >= 2 && performance.now() - begun > 1000 * BUDGET_SECONDS) break;
    if (!networks.has(name)) networks.set(name, await load(name));
    samples.push(...(await timeObjective(backend, networks.get(name)!, size)));
  }
  return samples;
}

function secondsSince(begun: number): number {
  return (performance.now() - begun) / 1000;
}

async function load(network: string): Promise<Network> {
  return await loadNetwork((await locateNetwork({ ...RECIPE, network })).file);
}

/** Two samples: capturing and compiling, and one evaluation (the shortest of three). */
async function timeObjective(backend: Backend, network: Network, side: number): Promise<Sample[]> {
  const size = { width: side, height: side };
  const content = noiseImage(side, side, 1);
  const styles = [{ image: noiseImage(side, side, 2), weight: 1 }];
  const begun = performance.now();
  const evaluator = await createEvaluator({ network, content, styles, recipe: RECIPE, backend });
  try {
    const setup = { work: setupWork(network, RECIPE, size, [size]), seconds: secondsSince(begun) };
    for (let i = 0; i < WARM_UP; i++) await evaluator.evaluate(content.data);
    let shortest = Infinity;
    for (let i = 0; i < TIMED; i++) {
      const start = performance.now();
      await evaluator.evaluate(content.data);
      shortest = Math.min(shortest, secondsSince(start));
    }
    return [setup, { work: evaluationWork(network, RECIPE, size), seconds: shortest }];
  } finally {
    await evaluator.release();
  }
}

/** One sample: L-BFGS on a quadratic with 97 different curvatures, whose evaluation costs next to nothing. */
async function timeOptimizer(): Promise<Sample> {
  const size = { width: 128, height: 128 };
  const image = noiseImage(size.width, size.height, 3).data;
  const gradient = new Float32Array(image.length);
  const bowl = (at: Float32Array) => {
    let total = 0;
    for (let i = 0; i < at.length; i++) {
      const curvature = 1 + (i % 97);
      gradient[i] = curvature * at[i]!;
      total += (curvature * at[i]! ** 2) / 2;
    }
    const losses: Losses = { total, content: 0, style: 0, totalVariation: 0, layers: [] };
    return Promise.resolve({ losses, gradient });
  };
  const optimizer = new Lbfgs(RECIPE.history!, size);
  // Fill the history and let the compiler optimise the loops before timing them.
  for (let step = 0; step < RECIPE.history!; step++) await optimizer.step(image, bowl);
  const steps = 5;
  const begun = performance.now();
  for (let step = 0; step < steps; step++) await optimizer.step(image, bowl);
  const work: Work = times(addWork(stepWork(RECIPE, size, RECIPE.history!)), steps);
  return { work, seconds: secondsSince(begun) };
}
