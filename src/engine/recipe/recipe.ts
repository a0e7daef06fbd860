/** A feature layer of the objective, by its conventional name (`relu4_2`), and its weight w_l within its term. */
export interface LayerWeight {
  readonly layer: string;
  /** Greater than 0, at most 1e6. */
  readonly weight: number;
}

/** Which side of the picture `size` speaks of. */
export type SizeOf = 'LONG_SIDE' | 'SHORT_SIDE';
/** What the optimisation starts from. */
export type InitialImage = 'CONTENT' | 'NOISE' | 'STYLE' | 'BLEND' | 'IMAGE';
/** Whose colours the picture has. */
export type Colors = 'STYLE' | 'LUMINANCE_TRANSFER' | 'COLOR_MATCHING';
export type OptimizerName = 'ADAM' | 'LBFGS';
export type Pooling = 'MAX' | 'AVERAGE';

/** Everything that determines a run, besides the pictures. Serialisable as JSON; stored with each session. */
export interface Recipe {
  /** Name of the network: `vgg19`, `vgg19-half`, `vgg19-quarter`, or an own file's. */
  readonly network: string;
  /** Whether `vgg19-half` may take the place of a `vgg19` that is not at hand. The session records that it did. */
  readonly allowFallback: boolean;
  /** Pixels of the side named by `sizeOf`, for content and styles alike. */
  readonly size: number;
  readonly sizeOf: SizeOf;
  /** Optimiser steps over all scales together. */
  readonly steps: number;
  /** alpha: weight of the content term. */
  readonly contentWeight: number;
  /** beta: weight of the style term. */
  readonly styleWeight: number;
  /** gamma: weight of the total-variation term. */
  readonly totalVariationWeight: number;
  readonly contentLayers: readonly LayerWeight[];
  readonly styleLayers: readonly LayerWeight[];
  readonly pooling: Pooling;
  readonly optimizer: OptimizerName;
  /** Adam's step length on the normalised image; null with L-BFGS, whose line search finds its own. */
  readonly learningRate: number | null;
  /** L-BFGS's pairs of past changes: more follow the valley better and cost memory; null with Adam. */
  readonly history: number | null;
  /**
   * Rescales the style layers' weights at the beginning of each scale so that their gradients at the image have one norm,
   * which keeps the sum's. Makes layers comparable whatever the picture; off, the weights are taken as they are.
   */
  readonly balanceStyleLayers: boolean;
  /** A scale ends early when ten steps lower the total by less than this share of it; 0 never. */
  readonly minImprovement: number;
  /**
   * CONTENT: the content. NOISE: seeded noise. STYLE: seeded noise with the styles' mean and covariance of colour. BLEND:
   * `noiseRatio` of noise, the rest content. IMAGE: a picture that comes with the request.
   */
  readonly initialImage: InitialImage;
  /** Share of noise in BLEND, 0 to 1; null with any other start. */
  readonly noiseRatio: number | null;
  /** Seeds the noise; the same seed, recipe, network, backend and thread count give the same picture. */
  readonly seed: number;
  /** Long side of the coarsest scale of the coarse-to-fine schedule, pixels; at or above the size: one scale only. */
  readonly minScale: number;
  /** Each scale's side over the next coarser one's. */
  readonly scaleRatio: number;
  /** Each scale's steps over the next coarser one's: 1 for equal shares, less to spend them where they are cheap. */
  readonly stepRatio: number;
  /** Decay of the exponential average of the iterates that is shown and returned; 0 shows the iterates themselves. */
  readonly averageDecay: number;
  /**
   * STYLE: as the run makes them. LUMINANCE_TRANSFER: luma (Rec. 709) of the run's picture, chroma of the content, in
   * what is shown and returned. COLOR_MATCHING: each style takes on the content's mean and covariance before the run.
   */
  readonly colors: Colors;
}

/** Overrides of single fields; absent fields are the preset's. */
export type RecipeOverrides = { readonly [K in keyof Recipe]?: Recipe[K] | undefined };
