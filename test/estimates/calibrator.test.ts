import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { DEFAULT_UNIT_COSTS, type measureUnitCosts, type UnitCosts } from '../../src/engine/index.js';
import { calibrationKey, readCalibration, writeCalibration } from '../../src/estimates/calibration-file.js';
import { Calibrator, type CalibratorDependencies } from '../../src/estimates/calibrator.js';
import { temporaryFolder } from '../storage/support.js';
import { ScriptedEngine } from '../support/scripted-engine.js';
import { silent } from '../support/sessions.js';

const key = calibrationKey('onnx-cpu', 1);

const MEASURED: UnitCosts = { ...DEFAULT_UNIT_COSTS, graphs: 2 * DEFAULT_UNIT_COSTS.graphs };

async function openCalibrator(cacheDir: string | undefined, dependencies: Partial<CalibratorDependencies> = {}) {
  const engine = new ScriptedEngine();
  await engine.start();
  const calibrator = new Calibrator({ engine, cacheDir, isBusy: () => false, logger: silent, ...dependencies });
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
  it('measures the machine once and stores the unit costs', { timeout: 300_000 }, async () => {
    const cacheDir = await temporaryFolder();
    const calibrator = await openCalibrator(cacheDir);
    expect(await calibrator.calibration()).toEqual({ costs: DEFAULT_UNIT_COSTS, calibrated: false });
    calibrator.start();
    await calibrator.finished();
    const { costs, calibrated } = await calibrator.calibration();
    expect(calibrated).toBe(true);
    expect(costs).not.toEqual(DEFAULT_UNIT_COSTS);

    const measure = vi.fn<typeof measureUnitCosts>();
    const next = await openCalibrator(cacheDir, { measure });
    expect(await next.calibration()).toEqual({ costs, calibrated: true });
    next.start();
    await next.finished();
    expect(measure).not.toHaveBeenCalled();
  });

  it('measures again if the file is damaged', async () => {
    const cacheDir = await temporaryFolder();
    await writeCalibration(cacheDir, key, DEFAULT_UNIT_COSTS);
    const [name] = await readdir(path.join(cacheDir, 'calibrations'));
    await writeFile(path.join(cacheDir, 'calibrations', name!), '{"key":');
    const calibrator = await openCalibrator(cacheDir, { measure: () => Promise.resolve(MEASURED) });
    expect((await calibrator.calibration()).calibrated).toBe(false);
    calibrator.start();
    await calibrator.finished();
    expect(await calibrator.calibration()).toEqual({ costs: MEASURED, calibrated: true });
    expect(await readCalibration(cacheDir, key)).toEqual(MEASURED);
  });

  it('does not store what it measured on a busy machine', async () => {
    const cacheDir = await temporaryFolder();
    const measure = () => Promise.resolve(MEASURED);
    const calibrator = await openCalibrator(cacheDir, { isBusy: () => true, measure });
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
