/** Times small pieces of real work on a backend, from which a machine's speed is fitted. */
import type { Backend } from '../backend/backend.js';
import { noiseImage } from '../image/noise.js';
import { locateNetwork } from '../install/locate.js';
import { loadNetwork, type Network } from '../network/network.js';
import { createEvaluator } from '../objective/evaluator.js';
import { Lbfgs } from '../optimizer/lbfgs.js';
import { resolveRecipe } from '../recipe/presets.js';
import type { Losses } from '../types/run.js';
import { addWork, evaluationWork, setupWork, stepWork, times, type Work } from './work.js';
import type { Sample } from './unit-costs.js';

/** Two widths, so that arithmetic and memory can be told apart, and sizes from cached to not. Cheapest first. */
const LADDER = [
  { network: 'vgg19-quarter', size: 96 },
  { network: 'vgg19-half', size: 96 },
  { network: 'vgg19-quarter', size: 192 },
  { network: 'vgg19-half', size: 160 },
  { network: 'vgg19-quarter', size: 320 },
  { network: 'vgg19-half', size: 256 },
] as const;

/** Not counted: the first evaluation makes buffers, the second orders them anew. */
const WARM_UP = 2;
const COUNTED = 3;

/** Climbs the ladder until it is at its end, or `budgetSeconds` are spent; two rungs at least. */
export async function measureSpeed(backend: Backend, budgetSeconds: number): Promise<Sample[]> {
  const begun = performance.now();
  const networks = new Map<string, Network>();
  const samples = [await timeOptimizer()];
  for (const [rung, { network: name, size }] of LADDER.entries()) {
    if (rung >= 2 && performance.now() - begun > 1000 * budgetSeconds) break;
    if (!networks.has(name)) networks.set(name, await load(name));
    samples.push(...(await timeObjective(backend, networks.get(name)!, size)));
  }
  return samples;
}

const RECIPE = resolveRecipe('balanced');

async function load(network: string): Promise<Network> {
  return await loadNetwork((await locateNetwork({ ...RECIPE, network })).file);
}

/** Capturing and compiling; then one evaluation, the shortest of a few. */
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
    for (let i = 0; i < COUNTED; i++) {
      const start = performance.now();
      await evaluator.evaluate(content.data);
      shortest = Math.min(shortest, secondsSince(start));
    }
    return [setup, { work: evaluationWork(network, RECIPE, size), seconds: shortest }];
  } finally {
    await evaluator.release();
  }
}

/** L-BFGS on a bowl of as many curvatures as it has values, which costs next to nothing to evaluate. */
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
  // The compiler has seen the loops before they are timed, and the history is full.
  for (let step = 0; step < RECIPE.history!; step++) await optimizer.step(image, bowl);
  const steps = 5;
  const begun = performance.now();
  for (let step = 0; step < steps; step++) await optimizer.step(image, bowl);
  const work: Work = times(addWork(stepWork(RECIPE, size, RECIPE.history!)), steps);
  return { work, seconds: secondsSince(begun) };
}

const secondsSince = (begun: number) => (performance.now() - begun) / 1000;
