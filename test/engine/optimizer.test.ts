import { describe, expect, it } from 'vitest';
import type { Evaluation } from '../../src/engine/index.js';
import { Adam } from '../../src/engine/optimizer/adam.js';
import { Lbfgs } from '../../src/engine/optimizer/lbfgs.js';

const evaluation = (total: number, gradient: number[]): Evaluation => ({
  losses: { total, content: total, style: 0, totalVariation: 0, layers: [] },
  gradient: Float32Array.from(gradient),
});

/** Sum of k_i (x_i - 1)^2 / 2 with curvatures from 1 to 1000. */
const quadratic = async (x: Float32Array) => {
  const curvature = Array.from(x, (_, i) => 10 ** ((3 * i) / (x.length - 1)));
  const total = curvature.reduce((sum, k, i) => sum + (k * (x[i]! - 1) ** 2) / 2, 0);
  return evaluation(
    total,
    curvature.map((k, i) => k * (x[i]! - 1)),
  );
};

const rosenbrock = async (p: Float32Array) => {
  const [x, y] = [p[0]!, p[1]!];
  return evaluation((1 - x) ** 2 + 100 * (y - x * x) ** 2, [-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)]);
};

describe('Adam', () => {
  it('moves by the learning rate in the first step, for any gradient', async () => {
    const x = Float32Array.of(5, -5, 5);
    await Adam.create(0.02, 3).step(x, async () => evaluation(1, [1e-3, -7, 1e4]));
    [4.98, -4.98, 4.98].forEach((value, i) => expect(x[i]).toBeCloseTo(value, 4));
  });

  it("follows torch.optim.Adam's trajectory (betas 0.99, 0.999; x0 = 1, gradient 2 x, lr 0.1)", async () => {
    const x = Float32Array.of(1);
    const adam = Adam.create(0.1, 1);
    const seen: number[] = [];
    for (let i = 0; i < 5; i++) {
      await adam.step(x, async (at) => evaluation(at[0]! ** 2, [2 * at[0]!]));
      seen.push(x[0]!);
    }
    const torch = [0.9, 0.800162, 0.700637, 0.601619, 0.503355];
    seen.forEach((value, i) => expect(value).toBeCloseTo(torch[i]!, 5));
  });

  it('resamples its moments for another size', async () => {
    const adam = Adam.create(0.1, 3 * 4);
    await adam.step(new Float32Array(12), async () => evaluation(1, new Array<number>(12).fill(3)));
    const larger = adam.resized({ width: 2, height: 2 }, { width: 3, height: 4 });
    expect(larger.state.t).toBe(1);
    expect(larger.state.m).toHaveLength(36);
    larger.state.m.forEach((m) => expect(m).toBeCloseTo(0.03, 5));
    expect(larger.state.v.every((v) => v >= 0)).toBe(true);
  });
});

describe('L-BFGS', () => {
  it('minimises an ill-conditioned quadratic in few evaluations, with a decrease at every step', async () => {
    const x = new Float32Array(30);
    const lbfgs = new Lbfgs(10, { width: 10, height: 1 });
    let evaluations = 0;
    let previous = Infinity;
    for (let i = 0; i < 100; i++) {
      const taken = await lbfgs.step(x, quadratic);
      evaluations += taken.evaluations;
      expect(taken.losses.total).toBeLessThanOrEqual(previous);
      previous = taken.losses.total;
    }
    const { losses: start } = await quadratic(new Float32Array(30));
    expect(previous).toBeLessThan(1e-5 * start.total);
    expect(evaluations).toBeLessThan(150);
  });

  it('minimises the Rosenbrock function', async () => {
    const x = Float32Array.of(-1.2, 1);
    const lbfgs = new Lbfgs(10, { width: 2, height: 1 });
    for (let i = 0; i < 80; i++) await lbfgs.step(x, rosenbrock);
    expect(x[0]).toBeCloseTo(1, 2);
    expect(x[1]).toBeCloseTo(1, 2);
  });

  it('does not move at a minimum', async () => {
    const x = Float32Array.of(1, 1, 1);
    const { losses, converged } = await new Lbfgs(10, { width: 1, height: 1 }).step(x, quadratic);
    expect([...x]).toEqual([1, 1, 1]);
    expect(losses.total).toBe(0);
    expect(converged).toBe(true);
  });
});
