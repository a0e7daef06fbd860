/**
 * `npm run bench [-- --network FILE --sizes 128,256,512 --threads 2 --rounds 3]`: compares the median time of one step of
 * Easel and of PyTorch with the same weights, threads, size and machine. The two alternate, so a busy machine slows both.
 */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import os from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

interface Measurement {
  readonly seconds: readonly number[];
  readonly peakMb: number;
  readonly version?: string;
}

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const { values } = parseArgs({
  options: {
    network: { type: 'string', default: here('../assets/networks/vgg19-half.safetensors') },
    sizes: { type: 'string', default: '128,256' },
    threads: { type: 'string', default: String(os.availableParallelism()) },
    rounds: { type: 'string', default: '3' },
    python: { type: 'string', default: '/usr/bin/python3' },
  },
});
const tsx = createRequire(import.meta.url).resolve('tsx');

function measure(command: string, args: readonly string[]): Measurement {
  const { status, stdout, stderr } = spawnSync(command, args, { maxBuffer: 1e8 });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}\n${stderr.toString()}`);
  return JSON.parse(stdout.toString()) as Measurement;
}

const median = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!;
const steadySeconds = (runs: readonly Measurement[]) => median(runs.flatMap(({ seconds }) => seconds.slice(2)));
const peak = (runs: readonly Measurement[]) => Math.round(Math.max(...runs.map(({ peakMb }) => peakMb)));

if (spawnSync(values.python, ['-c', 'import torch']).status !== 0) {
  console.error(
    `${values.python} has no torch, which is the peer of this benchmark (Debian: python3-torch libopenblas0-pthread).`,
  );
  process.exit(1);
}
console.log(
  `${os.cpus()[0]!.model}, ${values.threads} threads, Node ${process.version}, ${values.network.split('/').at(-1)}`,
);
const rows = values.sizes.split(',').map((size) => {
  const steps = Number(size) > 256 ? 7 : 14;
  const common = [values.network, size, String(steps), values.threads];
  const easel: Measurement[] = [];
  const cached: Measurement[] = [];
  for (let round = 0; round < Number(values.rounds); round++) {
    easel.push(measure(process.execPath, ['--import', tsx, here('peers/easel_step.ts'), ...common]));
    cached.push(measure(values.python, [here('peers/torch_step.py'), ...common, 'cached']));
  }
  const loop = [measure(values.python, [here('peers/torch_step.py'), ...common, 'loop'])];
  const own = steadySeconds(easel);
  return {
    size,
    'Easel s/step': own.toFixed(3),
    'PyTorch s/step': steadySeconds(cached).toFixed(3),
    ratio: (own / steadySeconds(cached)).toFixed(2),
    'published loop s/step': steadySeconds(loop).toFixed(3),
    'ratio to loop': (own / steadySeconds(loop)).toFixed(2),
    'Easel peak MB': peak(easel),
    'PyTorch peak MB': peak(cached),
  };
});
console.table(rows);
