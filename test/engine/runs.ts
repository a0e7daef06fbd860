/** Small real runs on the smallest network. */
import {
  createOnnxBackend,
  loadNetwork,
  resolveRecipe,
  stylize,
  type RecipeOverrides,
  type StylizeRequest,
  type StylizeStep,
} from '../../src/engine/index.js';
import { embeddedNetwork, pixels } from './reference.js';
import type { RgbImage } from '../../src/core/pixels.js';

export const backend = createOnnxBackend({ threads: 2 });

export async function request(preset: string, overrides: RecipeOverrides): Promise<StylizeRequest> {
  return {
    recipe: resolveRecipe(preset, overrides),
    network: await loadNetwork(embeddedNetwork('vgg19-quarter')),
    backend,
    content: pixels(60, 45, 0),
    styles: [{ image: pixels(72, 56, 3), weight: 1 }],
  };
}

/** @param onStep called before the next step, while the step's image and checkpoint are available */
export async function runThrough(
  of: StylizeRequest,
  onStep: (step: StylizeStep) => void = () => undefined,
): Promise<{ steps: StylizeStep[]; result: RgbImage }> {
  const run = stylize(of);
  const steps: StylizeStep[] = [];
  for (;;) {
    const next = await run.next();
    if (next.done) return { steps, result: next.value };
    onStep(next.value);
    steps.push(next.value);
  }
}
