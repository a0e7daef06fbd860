/**
 * `npm run bench:estimate [-- --networks vgg19-half,vgg19 --weights VGG19.safetensors --sizes 128,256,512,1024 --threads 2
 * --optimizers ADAM,LBFGS --steps 12]`: compares the estimate with real runs in the engine process, in seconds and in peak
 * megabytes (from /proc, so Linux only). Measures the unit costs of this machine first, as a server does.
 */
import { readFileSync } from 'node:fs';
import os from 'node:os';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import {
  EngineProcess,
  estimateRun,
  locateNetwork,
  measureUnitCosts,
  resolveRecipe,
  type OptimizerName,
} from '../src/engine/index.js';
import type { RgbImage } from '../src/core/pixels.js';

const { values } = parseArgs({
  options: {
    networks: { type: 'string', default: 'vgg19-quarter,vgg19-half' },
    weights: { type: 'string' },
    sizes: { type: 'string', default: '128,256,512' },
    optimizers: { type: 'string', default: 'ADAM,LBFGS' },
    'style-scale': { type: 'string', default: '1' },
    steps: { type: 'string', default: '12' },
    threads: { type: 'string', default: String(os.availableParallelism()) },
  },
});
const [threads, steps, scale] = [values.threads, values.steps, values['style-scale']].map(Number) as [
  number,
  number,
  number,
];
const MB = 2 ** 20;
const logger = pino({ level: 'silent' });

/** A synthetic image with structure of several wavelengths, pixels. */
function waves(width: number, height: number, length: number): RgbImage {
  const data = Uint8Array.from({ length: 3 * width * height }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    return 128 + 60 * Math.sin(x / length) + 60 * Math.cos((y * (1 + (i % 3))) / (2 * length));
  });
  return { width, height, data };
}

const costs = await measureUnitCosts('onnx-cpu', { threads });
console.log(`${os.cpus()[0]!.model}, ${threads} threads, Node ${process.version}; seconds per unit:`, costs);
const content = waves(1024, 768, 17);
const style = waves(1024, 1024, 5);
const rows: object[] = [];
for (const network of values.networks.split(',')) {
  for (const size of values.sizes.split(',').map(Number)) {
    for (const optimizer of values.optimizers.split(',') as OptimizerName[]) {
      const recipe = resolveRecipe('balanced', { network, size, steps, optimizer });
      const located = await locateNetwork(recipe, { weightsFile: values.weights });
      const plan = { network: located.shape, recipe, content, styles: [{ ...style, scale }] };
      const predicted = estimateRun(plan, costs);
      const engine = new EngineProcess({ threads, backend: 'onnx-cpu', logger });
      await engine.start();
      let evaluations = 0;
      const begun = performance.now();
      const job = { jobId: 'bench', recipe, content, styles: [{ image: style, weight: 1, scale }], network: located };
      await engine.run(
        { ...job, firstSeq: 1 },
        { signal: new AbortController().signal, onStep: (record) => void (evaluations = record.evaluations) },
      ).finished;
      const seconds = (performance.now() - begun) / 1000;
      const peak = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${engine.pid}/status`, 'utf8'))![1]) * 1024;
      await engine.close();
      const row = {
        network,
        size,
        optimizer,
        'evaluations predicted': predicted.evaluations,
        'seen ': evaluations,
        's predicted': predicted.seconds.toFixed(1),
        's seen': seconds.toFixed(1),
        's ratio': (predicted.seconds / seconds).toFixed(2),
        'MB predicted': Math.round(predicted.memoryBytes / MB),
        'MB seen': Math.round(peak / MB),
        'MB ratio': (predicted.memoryBytes / peak).toFixed(2),
      };
      rows.push(row);
      console.log(JSON.stringify(row));
    }
  }
}
console.table(rows);
