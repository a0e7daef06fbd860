/** The reference cases of test/reference/make_reference.py and their images. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import {
  createEvaluator,
  createOnnxBackend,
  loadNetwork,
  normalize,
  resolveRecipe,
  type Backend,
  type Evaluation,
  type Evaluator,
  type Pooling,
  type RecipeOverrides,
} from '../../src/engine/index.js';
import { maskPlane } from '../../src/engine/image/masks.js';
import type { GreyImage, RgbImage } from '../../src/core/pixels.js';

/** A linear function over the image: its value in the centre and its slopes to the right and downwards. */
type Plane = readonly [number, number, number];

export interface ReferenceCase {
  readonly network: string;
  readonly width: number;
  readonly height: number;
  readonly content: readonly string[];
  readonly pooling: Pooling;
  readonly contentWeight: number;
  readonly styleWeight: number;
  readonly totalVariationWeight: number;
  readonly contentLayerWeights: readonly number[];
  readonly styleLayerWeights: readonly number[];
  readonly styleLayers: readonly string[];
  /** Images `pixels` of 72 x 56 with a salt, and masks by `ramp`. Default: one style with salt 3. */
  readonly styles?: readonly { readonly salt: number; readonly weight: number; readonly mask?: Plane }[];
  readonly keep?: Plane;
  readonly total: number;
  readonly totalVariation: number;
  readonly contentLosses: Readonly<Record<string, number>>;
  readonly styleLosses: Readonly<Record<string, number>>;
  /** float32, [3, height, width], base64. */
  readonly gradient: string;
}

const path = (relative: string) => fileURLToPath(new URL(`../../${relative}`, import.meta.url));

export const embeddedNetwork = (name: string) => path(`assets/networks/${name}.safetensors`);
export const REFERENCE_SCRIPT = path('test/reference/make_reference.py');
export const storedCases = () =>
  JSON.parse(readFileSync(path('test/reference/cases.json'), 'utf8')) as Record<string, ReferenceCase>;

/** `pixels` of the script, in integer arithmetic, so that the images are identical. */
export function pixels(width: number, height: number, salt: number): RgbImage {
  const data = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) {
        const checker = (Math.floor(x / 8) + Math.floor(y / 8)) % 2;
        data[3 * (y * width + x) + c] =
          (x * (7 + salt) + y * (13 - salt) + c * 29 + ((x * y + salt) % 17) * 5 + checker * 60) % 256;
      }
    }
  }
  return { width, height, data };
}

/** `ramp` of the script: a mask that is white on one side and black on the other. */
export function ramp(width: number, height: number, [middle, dx, dy]: Plane): GreyImage {
  const value = (x: number, y: number) => middle + dx * (2 * x - width + 1) + dy * (2 * y - height + 1);
  const clamped = (i: number) => Math.min(255, Math.max(0, value(i % width, Math.floor(i / width))));
  return { width, height, data: Uint8Array.from({ length: width * height }, (_, i) => clamped(i)) };
}

export async function evaluatorOf(
  reference: ReferenceCase,
  backend: Backend = createOnnxBackend({ threads: 2 }),
  file = embeddedNetwork(reference.network),
  overrides: RecipeOverrides = {},
): Promise<{ evaluator: Evaluator; image: Float32Array }> {
  const { width, height, pooling, contentWeight, styleWeight, totalVariationWeight, keep } = reference;
  const { styles = [{ salt: 3, weight: 1, mask: undefined }] } = reference;
  const zip = (layers: readonly string[], weights: readonly number[]) =>
    layers.map((layer, i) => ({ layer, weight: weights[i]! }));
  const evaluator = await createEvaluator({
    network: await loadNetwork(file),
    backend,
    content: normalize(pixels(width, height, 0)),
    styles: styles.map(({ salt, weight, mask }) => ({
      image: normalize(pixels(72, 56, salt)),
      weight,
      mask: mask && maskPlane(ramp(width, height, mask), { width, height }),
    })),
    keep: keep && maskPlane(ramp(width, height, keep), { width, height }),
    recipe: resolveRecipe('balanced', {
      pooling,
      contentWeight,
      styleWeight,
      totalVariationWeight,
      contentLayers: zip(reference.content, reference.contentLayerWeights),
      styleLayers: zip(reference.styleLayers, reference.styleLayerWeights),
      ...overrides,
    }),
  });
  return { evaluator, image: normalize(pixels(width, height, 5)).data };
}

/** Limit of the relative error of losses and gradient, for all backends. */
const TOLERANCE = 1e-4;

/** Fails if the relative error of losses or gradient exceeds the limit. */
export function expectAgreement({ losses, gradient }: Evaluation, reference: ReferenceCase): void {
  const close = (actual: number, expected: number) =>
    expect(Math.abs(actual - expected)).toBeLessThanOrEqual(TOLERANCE * Math.abs(expected));
  close(losses.total, reference.total);
  close(losses.totalVariation, reference.totalVariation);
  const byTerm = { content: reference.contentLosses, style: reference.styleLosses };
  expect(losses.layers).toHaveLength(reference.content.length + reference.styleLayers.length);
  for (const { term, layer, loss } of losses.layers) close(loss, byTerm[term][layer]!);
  expect(relativeError(gradient, decodeFloats(reference.gradient))).toBeLessThanOrEqual(TOLERANCE);
}

/** ||a - b|| / ||b||. */
export function relativeError(a: Float32Array, b: Float32Array): number {
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < b.length; i++) {
    difference += (a[i]! - b[i]!) ** 2;
    norm += b[i]! ** 2;
  }
  return Math.sqrt(difference / norm);
}

export function decodeFloats(base64: string): Float32Array {
  const bytes = new Uint8Array(Buffer.from(base64, 'base64'));
  return new Float32Array(bytes.buffer);
}

/** Evaluates the objective of a stored case at each of the given images. */
export type Evaluate = (caseName: string, images: readonly Float32Array[]) => Promise<Evaluation[]>;

/** Evaluates in this process. */
export function evaluatingWith(start: () => Promise<Backend>): Evaluate {
  return async (caseName, images) => {
    const { evaluator } = await evaluatorOf(storedCases()[caseName]!, await start());
    try {
      const evaluations: Evaluation[] = [];
      for (const image of images) {
        const { losses, gradient } = await evaluator.evaluate(image);
        evaluations.push({ losses, gradient: gradient.slice() });
      }
      return evaluations;
    } finally {
      await evaluator.release();
    }
  };
}
