import type { NetworkShape } from '../network/topology.js';
import type { Recipe } from '../recipe/recipe.js';
import { fitSize, fitStyleSize, shrinkSize } from '../schedule/fit-size.js';
import { planScales, type ScalePlan } from '../schedule/pyramid.js';
import type { Size } from '../types/run.js';

/** All that a run's cost follows from. */
export interface RunPlan {
  readonly network: NetworkShape;
  readonly recipe: Recipe;
  /** As the engine receives it. */
  readonly content: Size;
  /** As the engine receives them. */
  readonly styles: readonly (Size & { readonly scale: number })[];
  /** Regions with a mask of their own; none, and one region, where absent or 0. */
  readonly maskedRegions?: number;
}

/** One scale of the run: its size, its steps, and the sizes of the styles there. */
export interface PlannedScale extends ScalePlan {
  readonly styles: readonly Size[];
}

/** The scales just as the run will have them, coarse to fine. */
export function plannedScales({ recipe, content, styles }: RunPlan): PlannedScale[] {
  const { width, height } = fitSize(content.width, content.height, recipe);
  const fitted = styles.map((style) => fitStyleSize(style, style.scale, recipe));
  return planScales(width, height, recipe).map((scale) => ({
    ...scale,
    styles: fitted.map((style) => shrinkSize(style, scale.factor)),
  }));
}
