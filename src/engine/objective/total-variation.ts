/**
 * Total variation: the mean squared difference of horizontal and vertical neighbours, over all pairs in all three channels.
 * As a mean, it does not depend on the size.
 * @param image [3, height, width]
 * @param weight factor of the gradient
 * @param gradient same layout; receives the weighted gradient by addition
 * @returns the unweighted total variation
 */
export function addTotalVariation(
  image: Float32Array,
  width: number,
  height: number,
  weight: number,
  gradient: Float32Array,
): number {
  const pairs = 3 * (height * (width - 1) + (height - 1) * width);
  const scale = (2 * weight) / pairs;
  let sum = 0;
  for (let c = 0; c < 3; c++) {
    for (let y = 0; y < height; y++) {
      const row = (c * height + y) * width;
      for (let i = row; i < row + width; i++) {
        if (i + 1 < row + width) sum += addPair(image, gradient, i, i + 1, scale);
        if (y + 1 < height) sum += addPair(image, gradient, i, i + width, scale);
      }
    }
  }
  return sum / pairs;
}

function addPair(image: Float32Array, gradient: Float32Array, a: number, b: number, scale: number): number {
  const difference = image[a]! - image[b]!;
  gradient[a]! += scale * difference;
  gradient[b]! -= scale * difference;
  return difference * difference;
}
