/** The network in TensorFlow.js: kernels on the device and the forward pass. Images and features are NHWC, [1, H, W, C]. */
import type { Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Network } from '../../network/network.js';
import type { ConvLayer } from '../../network/topology.js';
import type { Pooling } from '../../recipe/recipe.js';
import { kernelOf, startsBlock } from '../layers.js';

/** A loaded TensorFlow.js package: tfjs-core with a backend, tfjs-node or tfjs-node-gpu, which share an API. */
export type Tensorflow = typeof import('@tensorflow/tfjs-core');

/** One convolution on the device. */
export interface Stage {
  readonly layer: ConvLayer;
  /** Whether the convolution follows a pooling. */
  readonly afterPooling: boolean;
  /** HWIO, [3, 3, in, out]. */
  readonly kernel: Tensor4D;
  readonly bias: Tensor1D;
}

/** The output of a stage. */
export interface Activation {
  /** Rectified, [1, H, W, C]. */
  readonly features: Tensor4D;
  /** Pooled, [1, H/2, W/2, C], if a pooling follows and a deeper layer is computed. */
  readonly pooled?: Tensor4D;
}

/** Uploads the layers up to index `deepest`, from shallow to deep. The caller disposes of the tensors. */
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

/** The kernel of the transposed convolution, [3, 3, out, in]: flipped in space, in and out channels swapped. */
export function flipped(tf: Tensorflow, kernel: Tensor4D): Tensor4D {
  return tf.tidy(() => tf.transpose(tf.reverse(kernel, [0, 1]), [0, 1, 3, 2]));
}

/** Planes [C, H, W] as a tensor [1, H, W, C]. */
export function toNhwc(
  tf: Tensorflow,
  planes: Float32Array,
  channels: number,
  height: number,
  width: number,
): Tensor4D {
  return tf.tidy(() => tf.transpose(tf.tensor4d(planes, [1, channels, height, width]), [0, 2, 3, 1]));
}

/** F: features [1, H, W, C] as a matrix [N, C]. */
export function featureMatrix(tf: Tensorflow, features: Tensor4D): Tensor2D {
  const [, height, width, channels] = features.shape;
  return tf.reshape(features, [height * width, channels]);
}

/** G = F^T F / (C N), [C, C], of a matrix [N, C]. */
export function gram(tf: Tensorflow, matrix: Tensor2D): Tensor2D {
  const [positions, channels] = matrix.shape;
  return tf.tidy(() => tf.mul(tf.matMul(matrix, matrix, true), 1 / (channels * positions)));
}

/** The forward pass: the outputs of all stages for an image [1, H, W, 3], from shallow to deep. */
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
