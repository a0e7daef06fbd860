/** What a backend is: something that runs the network forwards and the objective's gradient backwards. */
import type { Network } from '../network/network.js';
import type { Pooling } from '../recipe/recipe.js';
import type { Planes } from '../types/run.js';

export interface CaptureRequest {
  readonly network: Network;
  readonly pooling: Pooling;
  readonly image: Planes;
  /** Layers whose features F_l are wanted. */
  readonly features: readonly string[];
  /** Layers whose Gram matrices G_l = F_l F_l^T / (C_l N_l) are wanted. */
  readonly grams: readonly string[];
}

export interface Captured {
  /** Row-major [C_l, N_l] each. */
  readonly features: ReadonlyMap<string, Float32Array>;
  /** Row-major [C_l, C_l] each. */
  readonly grams: ReadonlyMap<string, Float32Array>;
}

export interface ProgramRequest {
  readonly network: Network;
  readonly pooling: Pooling;
  readonly width: number;
  readonly height: number;
  readonly contentLayers: readonly string[];
  readonly styleLayers: readonly string[];
  /** Regions with a mask and style targets of their own; absent where one target is for the whole picture. */
  readonly maskedRegions?: number | undefined;
}

/** A content layer's term as a program takes it. */
export interface ContentTarget {
  /** P_l, row-major [C_l, N_l]. */
  readonly target: Float32Array;
  /** What the layer's loss is multiplied by in the gradient: alpha * w_l. */
  readonly weight: number;
}

/** A style layer's term: style_l = sum_k lambda_l,k mean (G_l,k - A_l,k)^2 over the regions k. */
export interface StyleTarget {
  /** As many as the request says; one where it says nothing. */
  readonly regions: readonly RegionTarget[];
  /** What the layer's loss is multiplied by in the gradient: beta * w_l. */
  readonly weight: number;
}

export interface RegionTarget {
  /** A_l,k, row-major [C_l, C_l]. */
  readonly target: Float32Array;
  /** lambda_l,k: 1 where the region is the whole picture. */
  readonly share: number;
  /** T_l,k, [N_l], of mean square 1: G_l,k = (T F)(T F)^T / (C_l N_l). Absent for the whole picture. */
  readonly mask?: Float32Array | undefined;
}

export interface ProgramResult {
  /** content_l by layer, unweighted. */
  readonly contentLosses: ReadonlyMap<string, number>;
  /** style_l by layer, unweighted. */
  readonly styleLosses: ReadonlyMap<string, number>;
}

/** The network's part of the objective at one size, compiled. */
export interface Program {
  /**
   * Losses at `image` ([3, height, width]) and the weighted gradient, written to `gradient` (same layout).
   * Targets are keyed by layer and must hold every layer of the request.
   */
  run(
    image: Float32Array,
    content: ReadonlyMap<string, ContentTarget>,
    style: ReadonlyMap<string, StyleTarget>,
    gradient: Float32Array,
  ): Promise<ProgramResult>;
  release(): Promise<void>;
}

export interface Backend {
  /** For logs, the API and the session's row: `onnx-cpu`. */
  readonly name: string;
  capture(request: CaptureRequest): Promise<Captured>;
  compile(request: ProgramRequest): Promise<Program>;
}
