/** One step of Easel, timed: `tsx easel_step.ts NETWORK SIZE STEPS THREADS`. Prints one line of JSON. */
import { createEvaluator, createOnnxBackend, loadNetwork, resolveRecipe } from '../../src/engine/index.js';
import { noiseImage } from '../../src/engine/image/noise.js';
import { Adam } from '../../src/engine/optimizer/adam.js';

const [file, size, steps, threads] = [process.argv[2]!, ...process.argv.slice(3).map(Number)] as [
  string,
  number,
  number,
  number,
];

const content = noiseImage(size, size, 1);
const evaluator = await createEvaluator({
  network: await loadNetwork(file),
  backend: createOnnxBackend({ threads }),
  content,
  styles: [{ image: noiseImage(size, size, 2), weight: 1 }],
  recipe: resolveRecipe('classic', { contentLayers: [{ layer: 'relu4_2', weight: 1 }] }),
});
const image = content.data.slice();
const adam = Adam.create(0.02, image.length);
const seconds: number[] = [];
for (let i = 0; i < steps; i++) {
  const start = performance.now();
  await adam.step(image, (at) => evaluator.evaluate(at));
  seconds.push((performance.now() - start) / 1000);
}
await evaluator.release();
console.log(JSON.stringify({ seconds, peakMb: process.resourceUsage().maxRSS / 1024 }));
