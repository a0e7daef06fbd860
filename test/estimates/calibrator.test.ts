import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DEFAULT_UNIT_COSTS } from '../../src/engine/estimate/unit-costs.js';
import { calibrationKey, readCalibration, writeCalibration } from '../../src/estimates/calibration-file.js';
import { Calibrator } from '../../src/estimates/calibrator.js';
import { EngineProcess } from '../../src/engine/worker/host.js';
import { temporaryFolder } from '../storage/support.js';
import { silent } from '../support/studio.js';

const key = calibrationKey('onnx-cpu', 1);

async function openCalibrator(cacheDir: string | undefined, isBusy = () => false) {
  const engine = new EngineProcess({ threads: 1, backend: 'onnx-cpu', logger: silent });
  onTestFinished(() => engine.close());
  await engine.start();
  const calibrator = new Calibrator({ engine, cacheDir, isBusy, logger: silent });
  onTestFinished(() => calibrator.stop());
  return calibrator;
}

describe('a calibration file', () => {
  it('is read only under the key that it was written with', async () => {
    const cacheDir = await temporaryFolder();
    expect(await readCalibration(cacheDir, key)).toBeNull();
    await writeCalibration(cacheDir, key, DEFAULT_UNIT_COSTS);
    expect(await readCalibration(cacheDir, key)).toEqual(DEFAULT_UNIT_COSTS);
    expect(await readCalibration(cacheDir, calibrationKey('onnx-cpu', 2))).toBeNull();
    expect(await readdir(path.join(cacheDir, 'calibrations'))).toHaveLength(1);
  });

  it.each([
    ['truncated', '{"key": "'],
    ['of another shape', '{"costs": {}}'],
    ['null', 'null'],
    ['negative', JSON.stringify({ key, costs: { ...DEFAULT_UNIT_COSTS, graphs: -1 } })],
  ])('is ignored if it is %s', async (_what, text) => {
    const cacheDir = await temporaryFolder();
    await writeCalibration(cacheDir, key, DEFAULT_UNIT_COSTS);
    const [file] = await readdir(path.join(cacheDir, 'calibrations'));
    await writeFile(path.join(cacheDir, 'calibrations', file!), text);
    expect(await readCalibration(cacheDir, key)).toBeNull();
  });
});

describe('the calibrator', () => {
  it(
    'measures the machine once, stores the unit costs, and measures again if the file is damaged',
    { timeout: 300_000 },
    async () => {
      const cacheDir = await temporaryFolder();
      const calibrator = await openCalibrator(cacheDir);
      expect(await calibrator.calibration()).toEqual({ costs: DEFAULT_UNIT_COSTS, calibrated: false });
      calibrator.start();
      await calibrator.finished();
      const { costs, calibrated } = await calibrator.calibration();
      expect(calibrated).toBe(true);
      expect(costs).not.toEqual(DEFAULT_UNIT_COSTS);

      const [name] = await readdir(path.join(cacheDir, 'calibrations'));
      const file = path.join(cacheDir, 'calibrations', name!);
      const stored = await readFile(file, 'utf8');
      const next = await openCalibrator(cacheDir);
      expect(await next.calibration()).toEqual({ costs, calibrated: true });
      next.start();
      await next.finished();
      expect(await readFile(file, 'utf8')).toBe(stored);

      await writeFile(file, stored.slice(0, 40));
      const third = await openCalibrator(cacheDir);
      expect((await third.calibration()).calibrated).toBe(false);
      third.start();
      await third.finished();
      expect(await readCalibration(cacheDir, key)).toEqual((await third.calibration()).costs);
    },
  );

  it('does not store what it measured on a busy machine', { timeout: 300_000 }, async () => {
    const cacheDir = await temporaryFolder();
    const calibrator = await openCalibrator(cacheDir, () => true);
    calibrator.start();
    await calibrator.finished();
    expect((await calibrator.calibration()).calibrated).toBe(true);
    expect(await readCalibration(cacheDir, key)).toBeNull();
  });

  it('aborts at once when it is stopped', async () => {
    const cacheDir = await temporaryFolder();
    const calibrator = await openCalibrator(cacheDir);
    calibrator.start();
    await calibrator.stop();
    expect((await calibrator.calibration()).calibrated).toBe(false);
    await expect(readdir(path.join(cacheDir, 'calibrations'))).rejects.toThrow();
  });

  it('measures nothing without a cache folder', async () => {
    const calibrator = await openCalibrator(undefined);
    calibrator.start();
    await calibrator.finished();
    expect((await calibrator.calibration()).calibrated).toBe(false);
  });
});
