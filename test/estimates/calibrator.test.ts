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

async function openCalibrator(home: string | undefined, isBusy = () => false) {
  const engine = new EngineProcess({ threads: 1, backend: 'onnx-cpu', logger: silent });
  onTestFinished(() => engine.close());
  await engine.start();
  const calibrator = new Calibrator({ engine, home, isBusy, logger: silent });
  onTestFinished(() => calibrator.stop());
  return calibrator;
}

describe('a stored speed', () => {
  it('is found again under its key alone', async () => {
    const home = await temporaryFolder();
    expect(await readCalibration(home, key)).toBeNull();
    await writeCalibration(home, key, DEFAULT_UNIT_COSTS);
    expect(await readCalibration(home, key)).toEqual(DEFAULT_UNIT_COSTS);
    expect(await readCalibration(home, calibrationKey('onnx-cpu', 2))).toBeNull();
    expect(await readdir(path.join(home, 'calibrations'))).toHaveLength(1);
  });

  it.each([
    ['cut off', '{"key": "'],
    ['of another shape', '{"speed": {}}'],
    ['nothing', 'null'],
    ['nonsense', JSON.stringify({ key, speed: { ...DEFAULT_UNIT_COSTS, graphs: -1 } })],
  ])('that is %s counts as none', async (_what, text) => {
    const home = await temporaryFolder();
    await writeCalibration(home, key, DEFAULT_UNIT_COSTS);
    const [file] = await readdir(path.join(home, 'calibrations'));
    await writeFile(path.join(home, 'calibrations', file!), text);
    expect(await readCalibration(home, key)).toBeNull();
  });
});

describe('the calibrator', () => {
  it('measures the machine once, keeps it, and measures a damaged file anew', { timeout: 300_000 }, async () => {
    const home = await temporaryFolder();
    const calibrator = await openCalibrator(home);
    expect(await calibrator.speed()).toEqual({ speed: DEFAULT_UNIT_COSTS, calibrated: false });
    calibrator.start();
    await calibrator.finished();
    const { speed, calibrated } = await calibrator.speed();
    expect(calibrated).toBe(true);
    expect(speed).not.toEqual(DEFAULT_UNIT_COSTS);

    const [name] = await readdir(path.join(home, 'calibrations'));
    const file = path.join(home, 'calibrations', name!);
    const stored = await readFile(file, 'utf8');
    const next = await openCalibrator(home);
    expect(await next.speed()).toEqual({ speed, calibrated: true });
    next.start();
    await next.finished();
    expect(await readFile(file, 'utf8')).toBe(stored);

    await writeFile(file, stored.slice(0, 40));
    const third = await openCalibrator(home);
    expect((await third.speed()).calibrated).toBe(false);
    third.start();
    await third.finished();
    expect(await readCalibration(home, key)).toEqual((await third.speed()).speed);
  });

  it('does not keep what it measured on a busy machine', { timeout: 300_000 }, async () => {
    const home = await temporaryFolder();
    const calibrator = await openCalibrator(home, () => true);
    calibrator.start();
    await calibrator.finished();
    expect((await calibrator.speed()).calibrated).toBe(true);
    expect(await readCalibration(home, key)).toBeNull();
  });

  it('gives up at once when there is something to do', async () => {
    const home = await temporaryFolder();
    const calibrator = await openCalibrator(home);
    calibrator.start();
    await calibrator.stop();
    expect((await calibrator.speed()).calibrated).toBe(false);
    await expect(readdir(path.join(home, 'calibrations'))).rejects.toThrow();
  });

  it('measures nothing where it cannot be kept', async () => {
    const calibrator = await openCalibrator(undefined);
    calibrator.start();
    await calibrator.finished();
    expect((await calibrator.speed()).calibrated).toBe(false);
  });
});
