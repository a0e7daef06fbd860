/**
 * `npm run bench:convergence [-- --network FILE --size 128 --steps 2000 --docs]`: measures how long each optimiser and
 * schedule takes to reach the final total loss of the classic recipe (Adam, one scale), on several pairs of images. All use
 * the classic objective; losses count at the final size only. Seconds depend on the load of the machine, CPU seconds less so
 * (waiting threads spin), evaluations not at all (those at coarser scales count by their share of pixels). `--docs` writes
 * the table between the markers of docs/performance.md, and a plot of each pair to docs/images.
 */
import { readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as prettier from 'prettier';
import sharp from 'sharp';
import { createOnnxBackend, loadNetwork, resolveRecipe, stylize, type RecipeOverrides } from '../src/engine/index.js';
import { drawChart } from './plot.js';
import type { RgbImage } from '../src/core/pixels.js';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const { values } = parseArgs({
  options: {
    network: { type: 'string', default: here('../assets/networks/vgg19-half.safetensors') },
    size: { type: 'string', default: '128' },
    steps: { type: 'string', default: '2000' },
    threads: { type: 'string', default: String(os.availableParallelism()) },
    docs: { type: 'boolean', default: false },
  },
});

const PAIRS = [
  ['landscape', 'swirls'],
  ['landscape', 'gouache'],
  ['swirls', 'gouache'],
] as const;

const CLASSIC = 'Adam';
const lbfgs: RecipeOverrides = { optimizer: 'LBFGS', steps: 600 };
const CANDIDATES: Readonly<Record<string, RecipeOverrides>> = {
  'L-BFGS, history 10': { ...lbfgs, history: 10 },
  'L-BFGS, history 20': { ...lbfgs, history: 20 },
  'L-BFGS, from half the size': { ...lbfgs, minScale: Number(values.size) / 2, scaleRatio: 2, stepRatio: 4 },
};

interface Point {
  readonly seconds: number;
  /** CPU time of all threads since the start of the run. */
  readonly cpuSeconds: number;
  readonly evaluations: number;
  readonly total: number;
}

const network = await loadNetwork(values.network);
const backend = createOnnxBackend({ threads: Number(values.threads) });

async function readSample(name: string): Promise<RgbImage> {
  const { data, info } = await sharp(here(`../samples/${name}.jpg`))
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: new Uint8Array(data) };
}

/** The loss curve at the final size. Stops as soon as the total reaches `target`. */
async function curve(
  content: RgbImage,
  style: RgbImage,
  overrides: RecipeOverrides,
  target = -Infinity,
): Promise<Point[]> {
  const recipe = resolveRecipe('classic', { size: Number(values.size), ...overrides });
  const points: Point[] = [];
  const begun = cpuSeconds();
  let before = 0;
  let evaluations = 0;
  const run = stylize({ content, styles: [{ image: style, weight: 1 }], recipe, network, backend });
  for await (const { scale, losses, elapsedMs, evaluations: counted } of run) {
    const share = (scale.width * scale.height) / finalPixels(content);
    evaluations += (counted - before) * share;
    before = counted;
    if (scale.index < scale.count - 1) continue;
    points.push({ seconds: elapsedMs / 1000, cpuSeconds: cpuSeconds() - begun, evaluations, total: losses.total });
    if (losses.total <= target) break;
  }
  return points;
}

function finalPixels({ width, height }: RgbImage): number {
  const factor = Number(values.size) / Math.min(width, height);
  return Math.floor(width * factor + 1e-6) * Math.floor(height * factor + 1e-6);
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

const machine = `${os.cpus()[0]!.model}, ${values.threads} threads, Node ${process.version}, ${values.network.split('/').at(-1)}, ${values.size} px`;
console.log(machine);
const rows: Record<string, string>[] = [];
for (const [contentName, styleName] of PAIRS) {
  const [content, style] = [await readSample(contentName), await readSample(styleName)];
  const pair = `${contentName} + ${styleName}`;
  const classic = await curve(content, style, { steps: Number(values.steps) });
  const end = classic.at(-1)!;
  const curves: Record<string, Point[]> = { [CLASSIC]: classic };
  for (const [name, overrides] of Object.entries(CANDIDATES)) {
    curves[name] = await curve(content, style, overrides, end.total);
  }
  for (const [name, points] of Object.entries(curves)) {
    const row = { Pair: pair, Optimiser: name, ...compare(points.at(-1)!, end) };
    console.log(Object.values(row).join(' | '));
    rows.push(row);
  }
  if (values.docs)
    await writeFile(here(`../docs/images/convergence-${contentName}-${styleName}.svg`), plot(pair, curves));
}
console.table(rows);
if (values.docs) await writeTable(rows);

/** The cost of a run until it reached the final total of the classic run, and the fraction of the classic run's cost. */
function compare(reached: Point, end: Point): Record<string, string> {
  const share = (key: 'evaluations' | 'seconds' | 'cpuSeconds', digits: number) => {
    const ratio = end[key] / reached[key];
    return reached[key].toFixed(digits) + (reached === end ? '' : ` (1/${ratio.toFixed(1)})`);
  };
  const missed = reached.total > end.total;
  return {
    Total: reached.total.toPrecision(4) + (missed ? ', not reached' : ''),
    Evaluations: share('evaluations', 0),
    Seconds: share('seconds', 1),
    'CPU seconds': share('cpuSeconds', 1),
  };
}

function plot(pair: string, curves: Readonly<Record<string, readonly Point[]>>): string {
  const line = (points: readonly Point[]) => points.map(({ seconds, total }) => ({ x: seconds, y: total }));
  return drawChart({
    title: `Total loss against seconds: ${pair}, ${values.size} px`,
    xLabel: 'seconds, targets and compiling included',
    yLabel: 'total',
    lines: Object.fromEntries(Object.entries(curves).map(([name, points]) => [name, line(points)])),
    level: { label: 'final total of Adam', y: curves[CLASSIC]!.at(-1)!.total },
  });
}

async function writeTable(table: readonly Record<string, string>[]): Promise<void> {
  const file = here('../docs/performance.md');
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const header = Object.keys(table[0]!);
  const lines = [line(header), line(header.map(() => '---')), ...table.map((row) => line(Object.values(row)))];
  const [before, , after] = (await readFile(file, 'utf8')).split(/<!-- bench:convergence -->/);
  if (after === undefined) throw new Error(`${file} needs two <!-- bench:convergence --> markers`);
  const block = ['<!-- bench:convergence -->', `${machine}:`, lines.join('\n'), '<!-- bench:convergence -->'].join(
    '\n\n',
  );
  const options = await prettier.resolveConfig(file);
  await writeFile(file, await prettier.format(before + block + after, { ...options, parser: 'markdown' }));
}
