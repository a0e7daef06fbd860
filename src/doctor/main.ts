/** `npm run doctor`: what this machine can compute with, why not with the rest, what to install, and how fast each is. */
import os from 'node:os';
import { parseArgs } from 'node:util';
import { BACKEND_ADVICE, BACKEND_NAMES, chooseBackend, PROBE_SIZE, probeBackend } from '../engine/index.js';

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
const { backend, reason } = await chooseBackend('auto', { threads });
console.log(`\nEASEL_BACKEND=auto takes ${backend.name}: ${reason}.`);
