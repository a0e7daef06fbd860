/**
 * `npm run bench:convergence [-- --network FILE --size 128 --steps 2000]`: how long each optimiser and schedule takes to
 * reach the total loss at which the classic recipe (Adam, one scale) ends, on several pairs of pictures. The objective is
 * the classic one throughout and losses count at the final size only. Seconds depend on what else the machine does;
 * evaluations at the final size (coarser ones counted by their share of pixels) do not.
 */
import { writeFile } from 'node:fs/promises';
import os from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import {
  createOnnxBackend,
  loadNetwork,
  resolveRecipe,
  stylize,
  type RecipeOverrides,
  type RgbImage,
} from '../src/engine/index.js';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const { values } = parseArgs({
  options: {
    network: { type: 'string', default: here('../assets/networks/vgg19-half.safetensors') },
    size: { type: 'string', default: '128' },
    steps: { type: 'string', default: '2000' },
    threads: { type: 'string', default: String(os.availableParallelism()) },
    json: { type: 'string' },
  },
});

const PAIRS = [
  ['landscape', 'swirls'],
  ['landscape', 'gouache'],
  ['swirls', 'gouache'],
] as const;

const lbfgs: RecipeOverrides = { optimizer: 'LBFGS', steps: 600 };
const CANDIDATES: Readonly<Record<string, RecipeOverrides>> = {
  'L-BFGS, one scale': lbfgs,
  'L-BFGS, history 20': { ...lbfgs, history: 20 },
  'L-BFGS, from half the size': { ...lbfgs, minScale: Number(values.size) / 2, scaleRatio: 2, stepRatio: 4 },
  'L-BFGS, from a third, by sqrt 2': { ...lbfgs, minScale: 45, scaleRatio: Math.SQRT2, stepRatio: 2.5 },
};

interface Point {
  readonly seconds: number;
  readonly evaluations: number;
  readonly total: number;
}

const network = await loadNetwork(values.network);
const backend = createOnnxBackend({ threads: Number(values.threads) });

async function picture(name: string): Promise<RgbImage> {
  const { data, info } = await sharp(here(`../samples/${name}.jpg`))
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: new Uint8Array(data) };
}

/** The curve at the final size; stops once `target` is reached. */
async function curve(
  content: RgbImage,
  style: RgbImage,
  overrides: RecipeOverrides,
  target = -Infinity,
): Promise<Point[]> {
  const recipe = resolveRecipe('classic', { size: Number(values.size), ...overrides });
  const points: Point[] = [];
  let before = 0;
  let evaluations = 0;
  const run = stylize({ content, styles: [{ image: style, weight: 1 }], recipe, network, backend });
  for await (const { scale, losses, elapsedMs, evaluations: counted } of run) {
    const share = (scale.width * scale.height) / finalPixels(content);
    evaluations += (counted - before) * share;
    before = counted;
    if (scale.index < scale.count - 1) continue;
    points.push({ seconds: elapsedMs / 1000, evaluations, total: losses.total });
    if (losses.total <= target) break;
  }
  return points;
}

function finalPixels({ width, height }: RgbImage): number {
  const factor = Number(values.size) / Math.min(width, height);
  return Math.floor(width * factor + 1e-6) * Math.floor(height * factor + 1e-6);
}

console.log(
  `${os.cpus()[0]!.model}, ${values.threads} threads, Node ${process.version}, ${values.network.split('/').at(-1)}`,
);
const rows: Record<string, string | number>[] = [];
const curves: Record<string, Record<string, Point[]>> = {};
for (const [contentName, styleName] of PAIRS) {
  const [content, style] = [await picture(contentName), await picture(styleName)];
  const pair = `${contentName} + ${styleName}`;
  const classic = await curve(content, style, { steps: Number(values.steps) });
  const end = classic.at(-1)!;
  curves[pair] = { classic };
  rows.push({
    pair,
    recipe: 'classic (Adam)',
    total: end.total.toPrecision(4),
    seconds: end.seconds.toFixed(1),
    evaluations: end.evaluations,
    'of classic': 1,
  });
  for (const [recipe, overrides] of Object.entries(CANDIDATES)) {
    const points = await curve(content, style, overrides, end.total);
    const last = points.at(-1)!;
    curves[pair][recipe] = points;
    rows.push({
      pair,
      recipe,
      total: last.total.toPrecision(4),
      seconds: last.seconds.toFixed(1),
      evaluations: Math.round(last.evaluations),
      'of classic': last.total <= end.total ? `1/${(end.evaluations / last.evaluations).toFixed(0)}` : 'not reached',
    });
  }
}
console.table(rows);
if (values.json) await writeFile(values.json, JSON.stringify(curves));
