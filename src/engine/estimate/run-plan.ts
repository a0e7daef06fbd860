import type { NetworkShape } from '../network/topology.js';
import type { Recipe } from '../recipe/recipe.js';
import { fitSize, fitStyleSize, shrinkSize } from '../schedule/fit-size.js';
import { planScales, type ScalePlan } from '../schedule/pyramid.js';
import type { Size } from '../types/run.js';

/** Everything that determines the cost of a run. */
export interface RunPlan {
  readonly network: NetworkShape;
  readonly recipe: Recipe;
  /** Size of the content as the engine receives it. */
  readonly content: Size;
  /** Sizes of the styles as the engine receives them, and their scales. */
  readonly styles: readonly (Size & { readonly scale: number })[];
  /** Number of regions with their own mask; default 0: one region without a mask. */
  readonly maskedRegions?: number;
}

export interface PlannedScale extends ScalePlan {
  /** Sizes of the styles at this scale. */
  readonly styles: readonly Size[];
}

/** The scales of the run, coarse to fine. */
export function plannedScales({ recipe, content, styles }: RunPlan): PlannedScale[] {
  const { width, height } = fitSize(content.width, content.height, recipe);
  const fitted = styles.map((style) => fitStyleSize(style, style.scale, recipe));
  return planScales(width, height, recipe).map((scale) => ({
    ...scale,
    styles: fitted.map((style) => shrinkSize(style, scale.factor)),
  }));
}
