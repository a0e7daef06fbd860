import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimateRun, largestSize } from '../../src/engine/estimate/estimate.js';
import { predictMemory } from '../../src/engine/estimate/memory.js';
import type { RunPlan } from '../../src/engine/estimate/run-plan.js';
import { DEFAULT_UNIT_COSTS, fitCosts, secondsFor, type UnitCosts } from '../../src/engine/estimate/unit-costs.js';
import { countWork, evaluationWork, NO_WORK, setupWork, stepWork } from '../../src/engine/estimate/work.js';
import { loadNetwork } from '../../src/engine/network/network.js';
import { locateNetwork } from '../../src/engine/install/resolve.js';
import { VGG19_SHAPE, type NetworkShape } from '../../src/engine/network/topology.js';
import type { RecipeOverrides } from '../../src/engine/recipe/recipe.js';
import { resolveRecipe } from '../../src/engine/index.js';
import { request, runThrough } from './runs.js';
import { embeddedNetwork } from './reference.js';

/** Two convolutions before a pooling and one after. */
const SMALL: NetworkShape = {
  layers: [
    { name: 'relu1_1', block: 1, inChannels: 3, outChannels: 4 },
    { name: 'relu1_2', block: 1, inChannels: 4, outChannels: 4 },
    { name: 'relu2_1', block: 2, inChannels: 4, outChannels: 8 },
  ],
};
const layers = (...names: string[]) => names.map((layer) => ({ layer, weight: 1 }));

function plan(overrides: RecipeOverrides = {}, changes: Partial<RunPlan> = {}): RunPlan {
  const recipe = resolveRecipe('balanced', overrides);
  const picture = { width: 1024, height: 768 };
  return { network: VGG19_SHAPE, recipe, content: picture, styles: [{ ...picture, scale: 1 }], ...changes };
}

describe('the work of a run', () => {
  const size = { width: 10, height: 6 };

  it('matches a count by hand on a small network: forward and backward, down to the deepest layer of the recipe', () => {
    const shallow = { contentLayers: layers('relu1_1'), styleLayers: layers('relu1_2') };
    const convolutions = 9 * (3 * 4 + 4 * 4) * 60;
    expect(evaluationWork(SMALL, shallow, size)).toMatchObject({
      graphRuns: 1,
      multiplyAdds: 2 * (convolutions + 4 * 4 * 60),
      featureBytes: 4 * (4 + 4) * 60,
    });
    const deep = { contentLayers: [], styleLayers: layers('relu2_1') };
    const half = 5 * 3;
    expect(evaluationWork(SMALL, deep, size)).toMatchObject({
      multiplyAdds: 2 * (convolutions + 9 * 4 * 8 * half + 8 * 8 * half),
      featureBytes: 4 * (8 * 60 + 8 * half),
    });
  });

  it('includes the capture of every style at its own size, and of the content if there are content layers', () => {
    const style = layers('relu1_1');
    const [small, large] = [{ width: 4, height: 4 }, size];
    const kernel = 36 * 3 * 4;
    const work = setupWork(SMALL, { contentLayers: [], styleLayers: style }, size, [small, large]);
    expect(work).toMatchObject({
      graphs: 3,
      graphRuns: 2,
      graphBytes: 2 * kernel + 2 * kernel,
      multiplyAdds: (9 * 3 * 4 + 4 * 4) * (16 + 60),
    });
    expect(setupWork(SMALL, { contentLayers: style, styleLayers: style }, size, [small]).graphs).toBe(3);
  });

  it('has as many evaluations as real runs', async () => {
    for (const overrides of [
      { optimizer: 'ADAM', steps: 7, size: 60, minScale: 32 },
      { optimizer: 'LBFGS', steps: 6, size: 60, minScale: 32 },
    ] as const) {
      const run = await request('draft', overrides);
      const { steps } = await runThrough(run);
      const styles = run.styles.map(({ image }) => ({ ...image, scale: 1 }));
      const { evaluations } = countWork({ network: run.network, recipe: run.recipe, content: run.content, styles });
      expect(steps.at(-1)!.scale.count).toBeGreaterThan(1);
      expect(evaluations).toBe(steps.at(-1)!.evaluations);
    }
  });

  it('uses the shape that loading the network yields', async () => {
    const { shape } = await locateNetwork(resolveRecipe('draft'));
    const { layers: loaded } = await loadNetwork(embeddedNetwork('vgg19-quarter'));
    expect(shape.layers).toEqual(loaded.map(({ weight: _w, bias: _b, ...layer }) => layer));
  });
});

describe('an estimate', () => {
  it('grows with size, steps, styles and their scales, depth, history, and the width of the network', () => {
    const base = plan({ size: 512, steps: 100 });
    const style = base.styles[0]!;
    const dearer: [string, RunPlan, ('seconds' | 'memoryBytes')[]][] = [
      ['size', plan({ size: 640, steps: 100 }), ['seconds', 'memoryBytes']],
      ['steps', plan({ size: 512, steps: 120 }), ['seconds']],
      ['styles', { ...base, styles: [style, style] }, ['seconds', 'memoryBytes']],
      ['a large style', { ...base, styles: [{ ...style, scale: 4 }] }, ['seconds', 'memoryBytes']],
      ['regions', { ...base, maskedRegions: 2 }, ['seconds', 'memoryBytes']],
      ['history', plan({ size: 512, steps: 100, history: 40 }), ['seconds', 'memoryBytes']],
    ];
    const cost = estimateRun(base, DEFAULT_UNIT_COSTS);
    for (const [what, other, measures] of dearer) {
      for (const measure of measures) {
        expect(estimateRun(other, DEFAULT_UNIT_COSTS)[measure], `${what}: ${measure}`).toBeGreaterThan(cost[measure]);
      }
    }
    const shallow = plan({ size: 512, steps: 100, contentLayers: layers('relu1_1'), styleLayers: layers('relu1_1') });
    expect(estimateRun(shallow, DEFAULT_UNIT_COSTS).seconds).toBeLessThan(cost.seconds);
    expect(predictMemory(shallow)).toBeLessThan(predictMemory(base));
  });

  it('has the size of the result', () => {
    expect(estimateRun(plan({ size: 512 }), DEFAULT_UNIT_COSTS)).toMatchObject({ width: 512, height: 384 });
  });

  it('finds the largest size that fits', () => {
    const megabytes = fc.integer({ min: 200, max: 20_000 });
    const picture = fc.record({
      width: fc.integer({ min: 16, max: 4000 }),
      height: fc.integer({ min: 16, max: 4000 }),
    });
    fc.assert(
      fc.property(megabytes, picture, fc.constantFrom(0.25, 1, 4), (available, content, scale) => {
        const bytes = available * 2 ** 20;
        const planAt = (size: number) => plan({ size }, { content, styles: [{ ...content, scale }] });
        const largest = largestSize(planAt, bytes);
        if (largest === null) expect(predictMemory(planAt(32))).toBeGreaterThan(bytes);
        else expect(predictMemory(planAt(largest))).toBeLessThanOrEqual(bytes);
        if (largest !== null && largest < 2048) expect(predictMemory(planAt(largest + 1))).toBeGreaterThan(bytes);
      }),
    );
  });
});

describe('unit costs', () => {
  it('are recovered from the durations of known work', () => {
    const costs: UnitCosts = {
      graphRuns: 2e-3,
      multiplyAdds: 1e-11,
      featureBytes: 1e-9,
      graphs: 0.05,
      graphBytes: 1e-8,
      elements: 3e-9,
    };
    const recipe = resolveRecipe('balanced');
    const squares = [64, 128, 256, 512].map((side) => ({ width: side, height: side }));
    const networks = [VGG19_SHAPE, { layers: VGG19_SHAPE.layers.map((layer) => thin(layer)) }];
    const works = networks.flatMap((network) =>
      squares.flatMap((size) => [evaluationWork(network, recipe, size), setupWork(network, recipe, size, [size])]),
    );
    works.push(stepWork(recipe, squares[0]!, 10));
    const samples = works.map((work) => ({ work, seconds: secondsFor(work, costs) }));
    const fitted = fitCosts(samples);
    for (const { work, seconds } of samples) expect(secondsFor(work, fitted) / seconds).toBeCloseTo(1, 1);
  });

  it('keep their start without samples, and are never negative', () => {
    const work = { ...NO_WORK, graphRuns: 1 };
    expect(fitCosts([{ work, seconds: 0.5 }])).toEqual({ ...DEFAULT_UNIT_COSTS, graphRuns: 0.5 });
    const contradiction = [
      { work: { ...NO_WORK, graphs: 1 }, seconds: 1 },
      { work: { ...NO_WORK, graphs: 1, graphRuns: 1 }, seconds: 0.5 },
    ];
    expect(Math.min(...Object.values(fitCosts(contradiction)))).toBeGreaterThanOrEqual(0);
  });
});

const thin = ({ inChannels, outChannels, ...layer }: NetworkShape['layers'][number]) => ({
  ...layer,
  inChannels: Math.max(3, inChannels / 4),
  outChannels: outChannels / 4,
});
