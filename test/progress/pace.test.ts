import { describe, expect, it } from 'vitest';
import { PaceMeter } from '../../src/progress/pace.js';
import { stepRecord } from '../support/rows.js';

const coarse = { index: 0, count: 2, width: 64, height: 32 };
const fine = { index: 1, count: 2, width: 128, height: 64 };
const scales = [
  { ...coarse, steps: 10 },
  { ...fine, steps: 10 },
];

describe('PaceMeter', () => {
  it('has no estimate after the first step, whose time includes the preparation', () => {
    const meter = new PaceMeter(scales);
    expect(meter.measure(stepRecord(1, { scale: coarse }))).toEqual({ stepsPerSecond: null, etaMs: null });
  });

  it('assumes that the time of a step is proportional to the pixels', () => {
    const meter = new PaceMeter(scales);
    meter.measure(stepRecord(1, { scale: coarse, elapsedMs: 5000 }));
    const pace = meter.measure(stepRecord(2, { scale: coarse, elapsedMs: 5100 }));
    expect(pace.stepsPerSecond).toBeCloseTo(10);
    expect(pace.etaMs).toBeCloseTo(8 * 100 + 10 * 400);
  });

  it('measures each scale separately and ends at 0', () => {
    const meter = new PaceMeter(scales);
    for (let step = 1; step <= 10; step += 1) meter.measure(stepRecord(step, { scale: coarse, elapsedMs: step * 100 }));
    const first = meter.measure(stepRecord(11, { scale: fine, elapsedMs: 1400 }));
    expect(first.stepsPerSecond).toBeCloseTo(2.5);
    expect(first.etaMs).toBeCloseTo(9 * 400);
    for (let step = 12; step < 20; step += 1) meter.measure(stepRecord(step, { scale: fine, elapsedMs: step * 400 }));
    expect(meter.measure(stepRecord(20, { scale: fine, elapsedMs: 8000 })).etaMs).toBe(0);
  });
});
