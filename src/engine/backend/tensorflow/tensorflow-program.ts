/**
 * One evaluation in TensorFlow.js operations: the same formulas as ../onnx/objective-graph.ts, with other layouts. The
 * backward pass is written out, because tfjs's wasm backend lacks some gradient kernels.
 *
 * Image and features: NHWC, [1, H, W, C]; kernels: HWIO, [3, 3, in, out].
 * F: [N, C], a row per position, N = H W; G and A: [C, C]; P: [1, H, W, C]; T: [N, 1].
 * Result: losses [content layers, then style layers]; gradient planar, [1, 3, H, W].
 */
import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import {
  wrapBackendErrors,
  type ContentTarget,
  type Program,
  type ProgramRequest,
  type ProgramResult,
  type RegionTarget,
  type StyleTarget,
} from '../backend.js';
import { deepestLayer, styleTerms } from '../layers.js';
import {
  featureMatrix,
  flipped,
  forward,
  gram,
  toNhwc,
  uploadStages,
  type Activation,
  type Stage,
  type Tensorflow,
} from './convolutions.js';

type ContentTargets = ReadonlyMap<string, ContentTarget>;
type StyleTargets = ReadonlyMap<string, StyleTarget>;

/** A term's loss and its part of d total / dF, [1, H, W, C]. */
interface Term extends Record<string, Tensor> {
  readonly loss: Scalar;
  readonly gradient: Tensor4D;
}

export class TensorflowProgram implements Program {
  readonly #tf: Tensorflow;
  readonly #request: ProgramRequest;
  readonly #stages: readonly Stage[];
  /** Kernels of the backward pass, one per stage. */
  readonly #backKernels: readonly Tensor4D[];
  readonly #targets = new Map<string, { readonly source: Float32Array; readonly tensor: Tensor2D | Tensor4D }>();

  constructor(tf: Tensorflow, request: ProgramRequest) {
    const { network, pooling, contentLayers, styleLayers } = request;
    this.#tf = tf;
    this.#request = request;
    this.#stages = uploadStages(tf, network, pooling, deepestLayer(network, [...contentLayers, ...styleLayers]));
    this.#backKernels = this.#stages.map(({ kernel }) => flipped(tf, kernel));
  }

  run(
    image: Float32Array,
    content: ContentTargets,
    style: StyleTargets,
    gradient: Float32Array,
  ): Promise<ProgramResult> {
    return wrapBackendErrors('TensorFlow', async () => {
      const { contentLayers, styleLayers } = this.#request;
      const outputs = this.#tf.tidy(() => this.#evaluate(image, content, style));
      try {
        gradient.set(await outputs.gradient.data());
        const losses = await outputs.losses.data();
        return {
          contentLosses: new Map(contentLayers.map((name, i) => [name, losses[i]!])),
          styleLosses: new Map(styleLayers.map((name, i) => [name, losses[contentLayers.length + i]!])),
        };
      } finally {
        this.#tf.dispose(outputs);
      }
    });
  }

  release(): Promise<void> {
    const targets = [...this.#targets.values()].map(({ tensor }) => tensor);
    this.#targets.clear();
    this.#tf.dispose([...this.#stages.flatMap(({ kernel, bias }) => [kernel, bias]), ...this.#backKernels, ...targets]);
    return Promise.resolve();
  }

  /** Forward pass, then backward pass from deep to shallow. Call it within a tidy. */
  #evaluate(
    image: Float32Array,
    content: ContentTargets,
    style: StyleTargets,
  ): { gradient: Tensor4D; losses: Tensor1D } {
    const tf = this.#tf;
    const { width, height, pooling, contentLayers, styleLayers } = this.#request;
    const activations = forward(tf, this.#stages, pooling, toNhwc(tf, image, 3, height, width));
    const losses = new Map<string, Scalar>();
    let gradient: Tensor4D | undefined;
    for (const [i, activation] of [...activations.entries()].reverse()) {
      const above: Tensor4D | undefined = gradient;
      const { name } = this.#stages[i]!.layer;
      const passed = tf.tidy(() => {
        const contentTerm = contentLayers.includes(name) ? this.#contentTerm(name, activation, content) : undefined;
        const styleTerm = styleLayers.includes(name) ? this.#styleTerm(name, activation, style) : undefined;
        const gradients = [above && this.#unpool(activation, above), contentTerm?.gradient, styleTerm?.gradient];
        // The deepest stage has a term, so at least one gradient is defined.
        const total = gradients.filter((g) => g !== undefined).reduce((a, b) => tf.add(a, b));
        const rectified = tf.mul<Tensor4D>(total, tf.step(activation.features));
        return {
          gradient: tf.conv2d(rectified, this.#backKernels[i]!, 1, 'same'),
          losses: { ...(contentTerm && { content: contentTerm.loss }), ...(styleTerm && { style: styleTerm.loss }) },
        };
      });
      // Dispose of the features here, not at the end of the outer tidy: at large sizes they take most of the memory.
      tf.dispose([above, activation.features, activation.pooled]);
      for (const [term, loss] of Object.entries(passed.losses)) losses.set(`${term}:${name}`, loss);
      gradient = passed.gradient;
    }
    const ordered = [...contentLayers.map((name) => `content:${name}`), ...styleLayers.map((name) => `style:${name}`)];
    return {
      gradient: tf.transpose(gradient!, [0, 3, 1, 2]),
      losses: tf.stack(ordered.map((key) => losses.get(key)!)) as Tensor1D,
    };
  }

  /** content_l = mean (F - P)^2, d content_l / dF = 2 / (C N) (F - P); all [1, H, W, C]. */
  #contentTerm(name: string, { features }: Activation, targets: ContentTargets): Term {
    const tf = this.#tf;
    const [, height, width, channels] = features.shape;
    const { target, weight } = targets.get(name)!;
    const wanted = this.#uploaded(`content:${name}`, target, () => toNhwc(tf, target, channels, height, width));
    const difference = tf.sub<Tensor4D>(features, wanted);
    return {
      loss: meanSquare(tf, difference),
      gradient: tf.mul(difference, (2 * weight) / (channels * height * width)),
    };
  }

  /** The sum over the regions. Intermediate tensors of a region are disposed of before the next region. */
  #styleTerm(name: string, activation: Activation, targets: StyleTargets): Term {
    const tf = this.#tf;
    const { regions, weight } = targets.get(name)!;
    let sum: Term | undefined;
    for (const [k, term] of styleTerms(name, this.#request.maskedRegions).entries()) {
      const before: Term | undefined = sum;
      sum = tf.tidy(() => {
        const own = this.#regionTerm(term, activation, regions[k]!, weight);
        if (!before) return own;
        return { loss: tf.add(before.loss, own.loss), gradient: tf.add(before.gradient, own.gradient) };
      });
      if (before) tf.dispose([before.loss, before.gradient]);
    }
    return sum!;
  }

  /**
   * style_l = mean (G - A)^2, d style_l / dF = 4 / (C^2 C N) F (G - A), with F as [N, C]. In a region, T F replaces F:
   * d style_l / dF = 4 / (C^2 C N) T ((T F) (G - A)), and loss and gradient are multiplied by lambda.
   */
  #regionTerm(term: string, { features }: Activation, { target, share, mask }: RegionTarget, weight: number): Term {
    const tf = this.#tf;
    const [, height, width, channels] = features.shape;
    const wanted = this.#uploaded(`style:${term}`, target, () => tf.tensor2d(target, [channels, channels]));
    const inRegion = mask && this.#uploaded(`mask:${term}`, mask, () => tf.tensor2d(mask, [height * width, 1]));
    const masked = (value: Tensor2D) => (inRegion ? tf.mul<Tensor2D>(value, inRegion) : value);
    const matrix = masked(featureMatrix(tf, features));
    const difference = tf.sub<Tensor2D>(gram(tf, matrix), wanted);
    const coefficient = (4 * weight * share) / (channels ** 3 * height * width);
    return {
      loss: tf.mul(meanSquare(tf, difference), share),
      gradient: tf.reshape(masked(tf.matMul(matrix, tf.mul(difference, coefficient))), features.shape),
    };
  }

  /**
   * The backward pass of the 2x2 pooling of stride 2 after the stage, if there is one. Maximum: the gradient goes to the
   * positions of the maximum; ties occur only at zero, where the ReLU mask removes the gradient. Mean: a quarter goes to
   * each position. A last odd row or column gets zero.
   */
  #unpool({ features, pooled }: Activation, gradient: Tensor4D): Tensor4D {
    if (!pooled) return gradient;
    const tf = this.#tf;
    const [, height, width] = features.shape;
    const doubled = (value: Tensor4D) =>
      tf.pad(tf.image.resizeNearestNeighbor(value, [2 * (height >> 1), 2 * (width >> 1)]), [
        [0, 0],
        [0, height % 2],
        [0, width % 2],
        [0, 0],
      ]);
    if (this.#request.pooling === 'AVERAGE') return doubled(tf.mul(gradient, 0.25));
    const belowMaximum = tf.step(tf.sub(doubled(pooled), features));
    return tf.mul(doubled(gradient), tf.sub(1, belowMaximum));
  }

  /** A target on the device. Targets do not change during a scale, so each is uploaded once. */
  #uploaded<T extends Tensor2D | Tensor4D>(key: string, source: Float32Array, upload: () => T): T {
    const present = this.#targets.get(key);
    if (present?.source === source) return present.tensor as T;
    present?.tensor.dispose();
    const tensor = this.#tf.keep(upload());
    this.#targets.set(key, { source, tensor });
    return tensor;
  }
}

/** The mean of squares, as a mean of row means: tfjs's wasm backend accumulates sequentially in float32. */
function meanSquare(tf: Tensorflow, values: Tensor2D | Tensor4D): Scalar {
  const rows = tf.reshape(tf.square(values), [-1, values.shape.at(-1)!]);
  return tf.mean(tf.mean(rows, 1));
}
