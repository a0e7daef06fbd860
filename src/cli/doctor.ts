import os from 'node:os';
import {
  BACKEND_ADVICE,
  BACKEND_NAMES,
  DEFAULT_PRESET,
  estimateRun,
  locateNetwork,
  measureUnitCosts,
  PROBE_SIZE,
  probeBackend,
  resolveRecipe,
  selectBackend,
} from '../engine/index.js';

/** Sizes of the estimates, pixels. */
const SIZES = [256, 512, 1024];

/** `easel doctor`: times every backend that works here, says what the others need, and estimates the default preset. */
export async function diagnose(threads = os.availableParallelism()): Promise<void> {
  console.log(`${process.platform} ${process.arch}, Node ${process.version}, ${os.cpus()[0]?.model ?? 'unknown CPU'}`);
  console.log(
    `One step at ${PROBE_SIZE} x ${PROBE_SIZE} pixels with the smallest network, ${threads} threads on the CPU:\n`,
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
  console.log(`\nEASEL_BACKEND=auto selects ${backend.name}: ${reason}.`);

  const costs = await measureUnitCosts(backend.name, { threads });
  console.log(
    `\nMeasured: ${(1e-9 / costs.multiplyAdds).toFixed(0)} billion multiply-adds per second. ` +
      `Estimates for preset ${DEFAULT_PRESET} on a 4:3 image:\n`,
  );
  for (const size of SIZES) {
    const recipe = resolveRecipe(DEFAULT_PRESET, { size });
    const { shape } = await locateNetwork(recipe);
    const image = { width: 4 * size, height: 3 * size, scale: 1 };
    const { seconds, memoryBytes } = estimateRun({ network: shape, recipe, content: image, styles: [image] }, costs);
    console.log(
      `  ${String(size).padStart(4)} px   ${seconds.toFixed(0).padStart(5)} s   ${(memoryBytes / 2 ** 20).toFixed(0).padStart(5)} MB`,
    );
  }
}
