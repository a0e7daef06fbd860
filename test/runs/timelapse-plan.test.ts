import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_FRAMES } from '../../src/images/timelapse-service.js';
import { TimelapsePlan } from '../../src/runs/timelapse-plan.js';

/** Runs steps `from` to `to`, with an image of every step. */
function run(plan: TimelapsePlan, from: number, to: number): TimelapsePlan {
  for (let step = from; step <= to; step += 1) if (plan.isDue(step)) plan.add({ seq: step, step });
  return plan;
}

const gaps = ({ kept }: TimelapsePlan) => kept.slice(1).map(({ step }, index) => step - kept[index]!.step);

describe('the plan of a timelapse', () => {
  it('keeps every step of a short run', () => {
    expect(run(new TimelapsePlan(20), 1, 20).kept.map(({ step }) => step)).toEqual(
      Array.from({ length: 20 }, (_, index) => index + 1),
    );
  });

  it('keeps half to all of the allowed frames of a longer run, evenly spaced', () => {
    fc.assert(
      fc.property(fc.integer({ min: MAX_FRAMES, max: 10_000 }), (steps) => {
        const plan = run(new TimelapsePlan(steps), 1, steps);
        expect(plan.kept.length).toBeGreaterThanOrEqual(MAX_FRAMES / 2);
        expect(plan.kept.length).toBeLessThanOrEqual(MAX_FRAMES);
        expect(plan.kept[0]!.step).toBe(1);
        expect(new Set(gaps(plan)).size).toBe(1);
      }),
      { numRuns: 50 },
    );
  });

  it('is the same for interrupted and uninterrupted runs', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), fc.nat(), (steps, n) => {
        const cut = 1 + (n % steps);
        const whole = run(new TimelapsePlan(steps), 1, steps);
        const first = run(new TimelapsePlan(steps), 1, cut);
        // The run resumes from a checkpoint a little before the interruption.
        const resumed = run(new TimelapsePlan(steps, first.kept), Math.max(1, cut - 7), steps);
        expect(resumed.kept).toEqual(whole.kept);
      }),
      { numRuns: 50 },
    );
  });

  it('stays bounded and ordered however often a run is continued, and keeps the newest frame', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 6 }), (lengths) => {
        let plan = new TimelapsePlan(0);
        let done = 0;
        for (const length of lengths) {
          plan = run(new TimelapsePlan(done + length, plan.kept), done + 1, done + length);
          done += length;
          plan.add({ seq: done, step: done });
          expect(plan.kept.at(-1)!.step).toBe(done);
          expect(plan.kept.length).toBeLessThanOrEqual(MAX_FRAMES);
          expect(gaps(plan).every((gap) => gap > 0)).toBe(true);
        }
        expect(plan.kept[0]!.step).toBe(1);
      }),
      { numRuns: 50 },
    );
  });
});
