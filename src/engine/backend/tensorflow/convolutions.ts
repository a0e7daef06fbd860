/** The network in TensorFlow.js: its kernels on the device, and its forward half. Pictures lie NHWC, as [1, H, W, C]. */
import type { Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Network } from '../../network/network.js';
import type { ConvLayer } from '../../network/topology.js';
import type { Pooling } from '../../recipe/recipe.js';
import { kernelOf, startsBlock } from '../layers.js';

/** TensorFlow.js as loaded: tfjs-core with a backend, tfjs-node or tfjs-node-gpu. They have one API. */
export type Tensorflow = typeof import('@tensorflow/tfjs-core');

/** One convolution on the device. */
export interface Stage {
  readonly layer: ConvLayer;
  /** Whether a pooling stands before it. */
  readonly afterPooling: boolean;
  /** [3, 3, in, out] */
  readonly kernel: Tensor4D;
  readonly bias: Tensor1D;
}

/** What a stage put out. */
export interface Activation {
  /** Rectified, [1, H, W, C]. */
  readonly features: Tensor4D;
  /** Pooled, where a pooling follows and a deeper layer is needed. */
  readonly pooled?: Tensor4D;
}

/** Uploads the layers up to `deepest`, shallow to deep. The tensors belong to the caller. */
export function uploadStages(tf: Tensorflow, network: Network, pooling: Pooling, deepest: number): Stage[] {
  return network.layers.slice(0, deepest + 1).map((layer, i, layers) => {
    const previous = layers[i - 1];
    const { inChannels, outChannels, bias } = layer;
    return {
      layer,
      afterPooling: startsBlock(layer, previous),
      kernel: tf.tidy(() => {
        const weight = tf.tensor4d(kernelOf(layer, previous, pooling), [outChannels, inChannels, 3, 3]);
        return tf.transpose(weight, [2, 3, 1, 0]);
      }),
      bias: tf.tensor1d(bias),
    };
  });
}

/** [3, 3, out, in]: the kernel of the transposed convolution, flipped in space, in and out channels swapped. */
export function flipped(tf: Tensorflow, kernel: Tensor4D): Tensor4D {
  return tf.tidy(() => tf.transpose(tf.reverse(kernel, [0, 1]), [0, 1, 3, 2]));
}

/** A planar picture [3, H, W] as [1, H, W, 3]. */
export function toNhwc(
  tf: Tensorflow,
  planes: Float32Array,
  channels: number,
  height: number,
  width: number,
): Tensor4D {
  return tf.tidy(() => tf.transpose(tf.tensor4d(planes, [1, channels, height, width]), [0, 2, 3, 1]));
}

/** Features [1, H, W, C] as the matrix [N, C]. */
export function featureMatrix(tf: Tensorflow, features: Tensor4D): Tensor2D {
  const [, height, width, channels] = features.shape;
  return tf.reshape(features, [height * width, channels]);
}

/** G = F^T F / (C N) of a matrix [N, C]. */
export function gram(tf: Tensorflow, matrix: Tensor2D): Tensor2D {
  const [positions, channels] = matrix.shape;
  return tf.tidy(() => tf.mul(tf.matMul(matrix, matrix, true), 1 / (channels * positions)));
}

/** What every stage puts out, shallow to deep. */
export function forward(tf: Tensorflow, stages: readonly Stage[], pooling: Pooling, image: Tensor4D): Activation[] {
  const pool = pooling === 'MAX' ? tf.maxPool<Tensor4D> : tf.avgPool<Tensor4D>;
  let value = image;
  return stages.map(({ kernel, bias }, i) => {
    const convolution = { x: value, filter: kernel, bias, strides: 1, pad: 'same', activation: 'relu' } as const;
    const features = tf.fused.conv2d<Tensor4D>(convolution);
    if (!stages[i + 1]?.afterPooling) {
      value = features;
      return { features };
    }
    value = pool(features, 2, 2, 'valid');
    return { features, pooled: value };
  });
}
