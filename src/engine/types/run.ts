import type { GreyImage, RgbImage } from '../../core/pixels.js';

/** Pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * Float32 values, [channels, height, width]. Images have three channels in the network's normalised space (image/normalize.ts);
 * masks and opacities have one, from 0 to 1.
 */
export interface Planes extends Size {
  readonly data: Float32Array;
}

/** A style image. Its weight is its share of its region's blended target; the mean weight of a region sets the region's strength. */
export interface StyleImage {
  readonly image: RgbImage;
  readonly weight: number;
  /** Size relative to the recipe's, 0.25 to 4. Sets the size of strokes and motifs. Default: 1. */
  readonly scale?: number;
  /** Region of the content to paint, stretched to its shape; styles without a mask share the remaining area. */
  readonly mask?: GreyImage | undefined;
}

/** One layer's share of a term, before the layer's weight. */
export interface LayerLoss {
  readonly term: 'content' | 'style';
  readonly layer: string;
  readonly loss: number;
}

/**
 * The losses of one step. `content`, `style` and `totalVariation` are the weighted sums over layers (sum_l w_l loss_l)
 * before alpha, beta and gamma; `total` = alpha * content + beta * style + gamma * totalVariation.
 */
export interface Losses {
  readonly total: number;
  readonly content: number;
  readonly style: number;
  readonly totalVariation: number;
  readonly layers: readonly LayerLoss[];
}

/** The objective at one image. */
export interface Evaluation {
  readonly losses: Losses;
  /** d total / d image, [3, height, width]. The buffer is reused: valid until the next evaluation. */
  readonly gradient: Float32Array;
}

/** The current scale of a coarse-to-fine run: `index` (from 0) of `count`, with its size in pixels. */
export interface Scale {
  readonly index: number;
  readonly count: number;
  readonly width: number;
  readonly height: number;
}

/** The record of one step. */
export interface StepRecord {
  /** Increases by one per record. Starts at 1 or at `firstSeq` of the request. */
  readonly seq: number;
  /** Number of optimiser steps done, over all scales. */
  readonly step: number;
  /** Maximum number of steps; a run that converges ends earlier. */
  readonly totalSteps: number;
  readonly scale: Scale;
  /** Adam: the losses at the image before the step. L-BFGS: at the image after the step. */
  readonly losses: Losses;
  /** Number of evaluations of the objective so far. */
  readonly evaluations: number;
  /** Running time so far in milliseconds, without interruptions. */
  readonly elapsedMs: number;
}

/** The network that a run used. */
export interface NetworkIdentity {
  /** `vgg19`, `vgg19-half`, ... */
  readonly name: string;
  /** SHA-256 of its file, hexadecimal. */
  readonly sha256: string;
  /** Whether this network replaced the requested network. */
  readonly isFallback: boolean;
}
