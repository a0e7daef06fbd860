/** Finding and loading the native packages, with fake packages in a folder: npm alone cannot install the real ones. */
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { installedTensorflow, loadTensorflow, restoreUtil } from '../../src/engine/backend/tensorflow/load.js';
import { temporaryFolder } from '../storage/support.js';

/** A `require` that finds only the given packages, by source text. */
async function requireWith(packages: Readonly<Record<string, string>>): Promise<NodeJS.Require> {
  const folder = await temporaryFolder();
  for (const [name, source] of Object.entries(packages)) {
    const home = path.join(folder, 'node_modules', '@tensorflow', name);
    await mkdir(home, { recursive: true });
    await writeFile(path.join(home, 'index.js'), source);
  }
  return createRequire(path.join(folder, 'main.js'));
}

const working = (usesGpu: boolean) =>
  `module.exports = { ready: async () => {}, backend: () => ({ isUsingGpuDevice: ${usesGpu} }) };`;

describe('loading TensorFlow', () => {
  it('reports a missing package', async () => {
    const require = await requireWith({});
    expect(installedTensorflow(require)).toBeUndefined();
    await expect(loadTensorflow(require)).rejects.toMatchObject({ code: 'BACKEND_FAILED' });
  });

  it('prefers the package with GPU support and reports whether it uses a GPU', async () => {
    const both = { 'tfjs-node': 'throw new Error("both loaded")', 'tfjs-node-gpu': working(true) };
    expect(await loadTensorflow(await requireWith(both))).toMatchObject({
      packageName: '@tensorflow/tfjs-node-gpu',
      usesGpu: true,
    });
    const idle = await requireWith({ 'tfjs-node-gpu': working(false) });
    expect(await loadTensorflow(idle)).toMatchObject({ packageName: '@tensorflow/tfjs-node-gpu', usesGpu: false });
    const plain = await requireWith({ 'tfjs-node': working(false) });
    expect(await loadTensorflow(plain)).toMatchObject({ packageName: '@tensorflow/tfjs-node', usesGpu: false });
  });

  it('reports why a package cannot be loaded', async () => {
    const require = await requireWith({ 'tfjs-node': 'throw new Error("no tfjs_binding.node")' });
    await expect(loadTensorflow(require)).rejects.toMatchObject({
      code: 'BACKEND_FAILED',
      message: expect.stringContaining('no tfjs_binding.node') as string,
    });
  });

  it('restores functions of util that Node 23 removed', () => {
    const util: Record<string, unknown> = {};
    restoreUtil(util);
    const { isNullOrUndefined, isArray } = util as Record<string, (value: unknown) => boolean>;
    expect([null, undefined, 0].map((value) => isNullOrUndefined!(value))).toEqual([true, true, false]);
    expect([[], {}].map((value) => isArray!(value))).toEqual([true, false]);
  });
});
