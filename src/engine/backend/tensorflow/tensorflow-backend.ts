/** The backend on TensorFlow.js. Uses the API of tfjs-core only, so it runs on all tfjs backends. */
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { wrapBackendErrors, type Backend, type Captured, type CaptureRequest } from '../backend.js';
import { deepestLayer } from '../layers.js';
import { featureMatrix, forward, gram, toNhwc, uploadStages, type Tensorflow } from './convolutions.js';
import { TensorflowProgram } from './tensorflow-program.js';

export type { Tensorflow } from './convolutions.js';

/**
 * @param tf the loaded package with its backend set and ready; the caller keeps ownership
 * @param name shown in logs, in the API and in sessions: `tensorflow-gpu`
 */
export function createTensorflowBackend(tf: Tensorflow, name: string): Backend {
  return {
    name,
    capture: (request) => wrapBackendErrors('TensorFlow', () => capture(tf, request)),
    compile: (request) => wrapBackendErrors('TensorFlow', () => Promise.resolve(new TensorflowProgram(tf, request))),
  };
}

async function capture(tf: Tensorflow, request: CaptureRequest): Promise<Captured> {
  const { network, pooling, image, features, grams } = request;
  const outputs = tf.tidy(() => {
    const stages = uploadStages(tf, network, pooling, deepestLayer(network, [...features, ...grams]));
    const activations = forward(tf, stages, pooling, toNhwc(tf, image.data, 3, image.height, image.width));
    const matrices = new Map(stages.map(({ layer }, i) => [layer.name, featureMatrix(tf, activations[i]!.features)]));
    const pick = (names: readonly string[], make: (matrix: Tensor2D) => Tensor) =>
      names.map((layer) => make(matrices.get(layer)!));
    return {
      features: pick(features, (matrix) => tf.transpose(matrix)),
      grams: pick(grams, (matrix) => gram(tf, matrix)),
    };
  });
  try {
    return { features: await download(features, outputs.features), grams: await download(grams, outputs.grams) };
  } finally {
    tf.dispose(outputs);
  }
}

async function download(names: readonly string[], tensors: readonly Tensor[]): Promise<Map<string, Float32Array>> {
  const entries = names.map(async (name, i) => [name, (await tensors[i]!.data()) as Float32Array] as const);
  return new Map(await Promise.all(entries));
}
