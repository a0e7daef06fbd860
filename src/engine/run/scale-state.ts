import { optimizerStateFor, type Checkpoint, type CheckpointForm } from '../checkpoint/checkpoint.js';
import type { ResumedState } from '../checkpoint/open.js';
import { IterateAverage } from '../image/iterate-average.js';
import { restoreOptimizer } from '../optimizer/create.js';
import type { Evaluate, Optimizer, StepResult } from '../optimizer/optimizer.js';
import type { Recipe } from '../recipe/recipe.js';
import type { Planes } from '../types/run.js';

/** The optimisation at one scale. */
export class ScaleState {
  readonly #recipe: Recipe;
  readonly #image: Planes;
  readonly #optimizer: Optimizer;
  readonly #average: IterateAverage;
  readonly #plateau: Plateau;
  #stepsLeft: number;

  /**
   * @param image the initial image; steps change it in place
   * @param totals the latest total losses of a resumed scale
   */
  constructor(
    recipe: Recipe,
    image: Planes,
    optimizer: Optimizer,
    stepsLeft: number,
    average = IterateAverage.create(recipe.averageDecay, image.data.length),
    totals: readonly number[] = [],
  ) {
    this.#recipe = recipe;
    this.#image = image;
    this.#optimizer = optimizer;
    this.#average = average;
    this.#plateau = new Plateau(recipe.minImprovement, [...totals]);
    this.#stepsLeft = stepsLeft;
  }

  static resume(recipe: Recipe, { image, average, optimizer, stepsLeft, totals }: ResumedState): ScaleState {
    const restored = restoreOptimizer(recipe, image, optimizer);
    return new ScaleState(recipe, image, restored, stepsLeft, new IterateAverage(recipe.averageDecay, average), totals);
  }

  get image(): Planes {
    return this.#image;
  }

  /** The average of the iterates, which previews show and the next scale starts from. A copy. */
  get shown(): Planes {
    return { ...this.#image, data: this.#average.value() };
  }

  /** 0 once the optimiser has converged or the loss has reached a plateau. */
  get stepsLeft(): number {
    return this.#stepsLeft;
  }

  async step(evaluate: Evaluate): Promise<StepResult> {
    const result = await this.#optimizer.step(this.#image.data, evaluate);
    this.#average.add(this.#image.data);
    const isDone = result.converged || this.#plateau.reached(result.losses.total);
    this.#stepsLeft = isDone ? 0 : this.#stepsLeft - 1;
    return result;
  }

  /** The next scale, from its initial image. */
  next(image: Planes, stepsLeft: number): ScaleState {
    return new ScaleState(this.#recipe, image, this.#optimizer.resized(this.#image, image), stepsLeft);
  }

  /** The scale's part of a checkpoint. Its arrays are not copied. */
  snapshot(form: CheckpointForm): Pick<Checkpoint, 'image' | 'average' | 'optimizer' | 'stepsLeft' | 'totals'> {
    return {
      image: this.#image,
      average: this.#average.state,
      optimizer: optimizerStateFor(form, this.#optimizer.state),
      stepsLeft: this.#stepsLeft,
      totals: this.#plateau.totals,
    };
  }
}

/** Number of steps over which the improvement is measured. */
const WINDOW = 10;

/** Detects that the total no longer falls: compares the minima of the last ten steps and of the ten before. */
class Plateau {
  constructor(
    /** Minimum relative improvement; 0 disables the test. */
    readonly minImprovement: number,
    /** The latest totals, oldest first; at most 20. */
    readonly totals: number[],
  ) {}

  reached(total: number): boolean {
    if (this.minImprovement === 0) return false;
    this.totals.push(total);
    if (this.totals.length < 2 * WINDOW) return false;
    const before = Math.min(...this.totals.slice(-2 * WINDOW, -WINDOW));
    const now = Math.min(...this.totals.slice(-WINDOW));
    if (this.totals.length > 2 * WINDOW) this.totals.shift();
    return before - now < this.minImprovement * Math.abs(before);
  }
}
