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

/** A style picture and its weight: its share of its region's blended Gram target, and with the others' the region's strength. */
export interface StyleImage {
  readonly image: RgbImage;
  readonly weight: number;
  /** Size of the style picture over the recipe's, 0.25 to 4, 1 unless given: how large its strokes and motifs come out. */
  readonly scale?: number;
  /** Where in the content it is painted; styles without a mask share what the others' masks leave. */
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

/** Where a coarse-to-fine run is: scale `index` (from 0) of `count`, and its picture size in pixels. */
export interface Scale {
  readonly index: number;
  readonly count: number;
  readonly width: number;
  readonly height: number;
}

/** What the generator yields once a step. */
export interface StepRecord {
  /** Rises by one a record. Starts at 1, or after the seq given in the request. */
  readonly seq: number;
  /** Optimiser steps done, over all scales. */
  readonly step: number;
  /** The recipe's budget; a run that has converged ends before it. */
  readonly totalSteps: number;
  readonly scale: Scale;
  /** The losses at the image before this step's update, as the optimiser saw them. */
  readonly losses: Losses;
  /** Evaluations of the objective so far. */
  readonly evaluations: number;
  /** Wall-clock time of work so far, without interruptions, milliseconds. */
  readonly elapsedMs: number;
}

/** Identifies the network that made a picture. */
export interface NetworkIdentity {
  /** `vgg19`, `vgg19-half`, ... : the one that ran, not the one asked for. */
  readonly name: string;
  /** SHA-256 of its file, hexadecimal. */
  readonly sha256: string;
  /** True where it stands in for another that was asked for. */
  readonly isFallback: boolean;
}
