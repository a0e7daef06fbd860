import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { haveSharedFiles, VGG19_FILE } from '../support/shared-files.js';
import { evaluatorOf, expectAgreement, REFERENCE_SCRIPT, storedCases, type ReferenceCase } from './reference.js';

const torch = spawnSync('/usr/bin/python3', ['-c', 'import torch']).status === 0;

// Stored reference values and finite differences are compared in backends.test.ts.
describe.skipIf(!torch)('the objective against PyTorch float32, run now (skipped without python3-torch)', () => {
  it('agrees for every installed network', async () => {
    const files = haveSharedFiles ? [VGG19_FILE] : [];
    const python = spawnSync('/usr/bin/python3', [REFERENCE_SCRIPT, '--float32', ...files], { maxBuffer: 1e8 });
    expect(python.stderr.toString()).toBe('');
    const cases = Object.values(JSON.parse(python.stdout.toString()) as Record<string, ReferenceCase>);
    expect(cases).toHaveLength(Object.keys(storedCases()).length + files.length);
    for (const reference of cases) {
      const file = reference.network === 'vgg19' ? VGG19_FILE : undefined;
      const { evaluator, image } = await evaluatorOf(reference, undefined, file);
      expectAgreement(await evaluator.evaluate(image), reference);
      await evaluator.release();
    }
  });
});
