/** The interface of backends, which evaluate the network and the objective's gradient. */
import { EngineError } from '../errors.js';
import type { Network } from '../network/network.js';
import type { Pooling } from '../recipe/recipe.js';
import type { Planes } from '../types/run.js';

export interface CaptureRequest {
  readonly network: Network;
  readonly pooling: Pooling;
  readonly image: Planes;
  /** Layers whose features F_l are captured. */
  readonly features: readonly string[];
  /** Layers whose Gram matrices G_l = F_l F_l^T / (C_l N_l) are captured. */
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
  /** Number of regions with a mask and style targets of their own; absent if one target applies to the whole image. */
  readonly maskedRegions?: number | undefined;
}

/** A content layer's term. */
export interface ContentTarget {
  /** P_l, row-major [C_l, N_l]. */
  readonly target: Float32Array;
  /** Factor of the layer's loss in the gradient: alpha * w_l. */
  readonly weight: number;
}

/** A style layer's term: style_l = sum_k lambda_l,k mean (G_l,k - A_l,k)^2 over the regions k. */
export interface StyleTarget {
  /** `maskedRegions` of the request, or one. */
  readonly regions: readonly RegionTarget[];
  /** Factor of the layer's loss in the gradient: beta * w_l. */
  readonly weight: number;
}

export interface RegionTarget {
  /** A_l,k, row-major [C_l, C_l]. */
  readonly target: Float32Array;
  /** lambda_l,k; 1 if the region is the whole image. */
  readonly share: number;
  /** T_l,k, [N_l], of mean square 1: G_l,k = (T F)(T F)^T / (C_l N_l). Absent if the region is the whole image. */
  readonly mask?: Float32Array | undefined;
}

export interface ProgramResult {
  /** content_l by layer, unweighted. */
  readonly contentLosses: ReadonlyMap<string, number>;
  /** style_l by layer, unweighted. */
  readonly styleLosses: ReadonlyMap<string, number>;
}

/** The network's part of the objective, compiled for one size. */
export interface Program {
  /**
   * Computes the losses at `image` ([3, height, width]) and writes the weighted gradient to `gradient` (same layout). Targets
   * are keyed by layer and must contain every layer of the request.
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
  /** Shown in logs, in the API and in sessions: `onnx-cpu`. */
  readonly name: string;
  capture(request: CaptureRequest): Promise<Captured>;
  compile(request: ProgramRequest): Promise<Program>;
}

/** Calls a backend's library and turns its errors into EngineErrors `BACKEND_FAILED`. */
export async function wrapBackendErrors<T>(library: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new EngineError('BACKEND_FAILED', `${library}: ${message}`, undefined, { cause });
  }
}
