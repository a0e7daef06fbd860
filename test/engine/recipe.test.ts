import { describe, expect, it } from 'vitest';
import { parseRecipe, PRESETS, resolveRecipe, type RecipeOverrides } from '../../src/engine/index.js';

describe('resolving a recipe', () => {
  it.each(PRESETS.map(({ name }) => name))('accepts preset %s unchanged', (name) => {
    expect(resolveRecipe(name)).toEqual(PRESETS.find((preset) => preset.name === name)!.recipe);
  });

  it('has the numbers of the reference program in preset classic', () => {
    const five = ['relu1_1', 'relu2_1', 'relu3_1', 'relu4_1', 'relu5_1'].map((layer) => ({ layer, weight: 1 }));
    expect(resolveRecipe('classic')).toMatchObject({
      contentLayers: five,
      styleLayers: five,
      contentWeight: 1e-2,
      styleWeight: 1e4,
      totalVariationWeight: 0,
      optimizer: 'ADAM',
      learningRate: 0.02,
      initialImage: 'CONTENT',
      steps: 2000,
      size: 128,
      sizeOf: 'SHORT_SIDE',
    });
  });

  it('replaces only the given fields', () => {
    const { steps, ...rest } = resolveRecipe('balanced', { steps: 7, size: undefined });
    expect(steps).toBe(7);
    expect(rest).toEqual((({ steps: _steps, ...others }) => others)(resolveRecipe('balanced')));
  });

  it('sets the default learning rate for Adam and null for L-BFGS', () => {
    expect(resolveRecipe('balanced', { optimizer: 'ADAM' }).learningRate).toBe(0.05);
    expect(resolveRecipe('classic', { optimizer: 'LBFGS' })).toMatchObject({ learningRate: null, history: 10 });
  });

  it('sets a noise ratio for BLEND only', () => {
    expect(resolveRecipe('balanced', { initialImage: 'BLEND' }).noiseRatio).toBe(0.5);
    expect(resolveRecipe('balanced', { initialImage: 'BLEND', noiseRatio: 0.2 }).noiseRatio).toBe(0.2);
    expect(resolveRecipe('balanced', { initialImage: 'NOISE' }).noiseRatio).toBeNull();
  });

  it.each<[string, RecipeOverrides]>([
    ['size', { size: 31 }],
    ['size', { size: 2049 }],
    ['size', { size: 100.5 }],
    ['steps', { steps: 0 }],
    ['contentWeight', { contentWeight: -1 }],
    ['styleWeight', { styleWeight: NaN }],
    ['styleWeight', { styleWeight: 0 }],
    ['seed', { seed: 2 ** 31 }],
    ['averageDecay', { averageDecay: 1 }],
    ['styleLayers', { styleLayers: [] }],
    ['contentLayers', { contentLayers: [] }],
    ['contentLayers', { contentLayers: [{ layer: 'conv4_2', weight: 1 }] }],
    ['styleLayers', { styleLayers: [{ layer: 'relu1_1', weight: 0 }] }],
    [
      'styleLayers',
      {
        styleLayers: [
          { layer: 'relu1_1', weight: 1 },
          { layer: 'relu1_1', weight: 2 },
        ],
      },
    ],
    ['initialImage', { initialImage: 'DREAM' as 'NOISE' }],
    ['noiseRatio', { noiseRatio: 0.5 }],
    ['noiseRatio', { initialImage: 'BLEND', noiseRatio: 1.1 }],
    ['noiseRatio', { initialImage: 'NOISE', noiseRatio: 0.1 }],
    ['colors', { colors: 'GREEN' as 'STYLE' }],
    ['learningRate', { learningRate: 0.1 }],
    ['history', { optimizer: 'ADAM', history: 5 }],
    ['history', { history: 101 }],
    ['scaleRatio', { scaleRatio: 1 }],
    ['minImprovement', { minImprovement: -0.1 }],
    ['learningRate', { optimizer: 'ADAM', learningRate: 100 }],
  ])('rejects %s in %j', (field, overrides) => {
    expect(() => resolveRecipe('balanced', overrides)).toThrow(
      expect.objectContaining({ code: 'INVALID_RECIPE', field }),
    );
  });

  it('rejects an unknown preset', () => {
    expect(() => resolveRecipe('nope')).toThrow(expect.objectContaining({ code: 'INVALID_RECIPE', field: 'preset' }));
  });
});

describe('parsing a stored recipe', () => {
  it.each(PRESETS)('restores the recipe of preset $name', ({ recipe }) => {
    expect(parseRecipe(JSON.stringify(recipe))).toEqual(recipe);
  });

  it('uses the default for a missing field', () => {
    const recipe = resolveRecipe('fine-detail');
    expect(parseRecipe(JSON.stringify({ ...recipe, stepRatio: undefined }))).toEqual({ ...recipe, stepRatio: 1 });
  });
});
