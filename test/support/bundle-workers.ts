import { mkdtemp, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { WORKER_SCRIPTS } from '../../src/engine/process/parent.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PROCESS = path.join(ROOT, 'src/engine/process');

/**
 * A vitest global setup: bundles the engine's child processes once, so that a test that starts one does not wait for tsx.
 * Sources find the embedded networks three folders above theirs, so the bundles lie three folders deep, too.
 */
export default async function bundleWorkers(): Promise<() => Promise<void>> {
  const parent = path.join(ROOT, 'dist/test');
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(path.join(parent, 'workers-'));
  await build({
    entryPoints: Object.entries(WORKER_SCRIPTS).map(([out, script]) => ({
      out,
      in: `${path.join(PROCESS, script)}.ts`,
    })),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    logLevel: 'warning',
  });
  process.env['EASEL_TEST_WORKERS'] = folder;
  return () => rm(folder, { recursive: true, force: true });
}
