/** What a backend is: something that runs the network forwards and the objective's gradient backwards. */
import type { Network } from '../network/network.js';
import type { Pooling } from '../recipe/recipe.js';

/** A planar float32 picture in the network's normalised space: [3, height, width]. */
export interface PlanarImage {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

export interface CaptureRequest {
  readonly network: Network;
  readonly pooling: Pooling;
  readonly image: PlanarImage;
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
}

/** A term of the objective as a program takes it. */
export interface LayerTarget {
  /** Content: P_l, row-major [C_l, N_l]. Style: A_l, row-major [C_l, C_l]. */
  readonly target: Float32Array;
  /** What the layer's loss is multiplied by in the gradient: alpha * w_l or beta * w_l. */
  readonly weight: number;
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
    content: ReadonlyMap<string, LayerTarget>,
    style: ReadonlyMap<string, LayerTarget>,
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
