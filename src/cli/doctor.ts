/** `npm run doctor`: what this machine can compute with, why not with the rest, what to install, and how fast each is. */
import os from 'node:os';
import { parseArgs } from 'node:util';
import {
  BACKEND_ADVICE,
  BACKEND_NAMES,
  selectBackend,
  DEFAULT_PRESET,
  estimateRun,
  locateNetwork,
  measureMachine,
  PROBE_SIZE,
  probeBackend,
  resolveRecipe,
} from '../engine/index.js';

const { values } = parseArgs({ options: { threads: { type: 'string', default: String(os.availableParallelism()) } } });
const threads = Number(values.threads);
if (!Number.isInteger(threads) || threads < 1) {
  console.error('usage: npm run doctor [-- --threads N]');
  process.exit(2);
}

console.log(`${process.platform} ${process.arch}, Node ${process.version}, ${os.cpus()[0]?.model ?? 'unknown CPU'}`);
console.log(
  `One step at ${PROBE_SIZE} x ${PROBE_SIZE} pixels on the smallest network, ${threads} threads on the CPU:\n`,
);
for (const name of BACKEND_NAMES) {
  const report = await probeBackend(name, { threads });
  if (report.works) {
    console.log(`  ${name.padEnd(12)} ${(report.seconds * 1000).toFixed(1)} ms   ${report.reason}`);
  } else {
    console.log(`  ${name.padEnd(12)} no: ${report.reason}`);
    console.log(`  ${''.padEnd(12)} needs: ${BACKEND_ADVICE[name]}`);
  }
}
const { backend, reason } = await selectBackend('auto', { threads });
console.log(`\nEASEL_BACKEND=auto takes ${backend.name}: ${reason}.`);

const speed = await measureMachine(backend.name, { threads });
console.log(
  `\nMeasured: ${(1e-9 / speed.multiplyAdds).toFixed(0)} thousand million multiply-adds a second. So preset ${DEFAULT_PRESET} takes about, on a 4:3 picture:\n`,
);
for (const size of [256, 512, 1024]) {
  const recipe = resolveRecipe(DEFAULT_PRESET, { size });
  const { shape } = await locateNetwork(recipe);
  const picture = { width: 4 * size, height: 3 * size, scale: 1 };
  const { seconds, memoryBytes } = estimateRun({ network: shape, recipe, content: picture, styles: [picture] }, speed);
  console.log(
    `  ${String(size).padStart(4)} px   ${seconds.toFixed(0).padStart(5)} s   ${(memoryBytes / 2 ** 20).toFixed(0).padStart(5)} MB`,
  );
}
