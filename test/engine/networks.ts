/** Small networks that are VGGs by shape, made from a seed. */
import type { NamedTensor } from '../../src/engine/network/safetensors-writer.js';

/** torchvision's indices of VGG19's convolutions up to conv3_1, and two channels in each, by default. */
export interface SmallVgg {
  readonly indices?: readonly number[];
  readonly channels?: number;
  /** Multiplies every kernel, so that activations come out of proportion. */
  readonly gain?: number;
}

/** A VGG's tensors, in torchvision's order: kernels of mixed sign, biases that keep most channels alive. */
export function smallVgg({ indices = [0, 2, 5, 7, 10], channels = 2, gain = 3 }: SmallVgg = {}): NamedTensor[] {
  let state = 1;
  const random = () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  const fill = (length: number, value: () => number) => Float32Array.from({ length }, value);
  return indices.flatMap((index, i) => {
    const shape = [channels, i === 0 ? 3 : channels, 3, 3];
    const size = shape.reduce((a, b) => a * b);
    return [
      { name: `features.${index}.weight`, shape, values: fill(size, () => gain * (random() - 0.3)) },
      { name: `features.${index}.bias`, shape: [channels], values: fill(channels, () => random()) },
    ];
  });
}
