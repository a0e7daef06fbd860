import { clamp, dot, unit, type Vec3 } from '../maths.js';
import { fbm2 } from '../noise.js';
import type { Rng } from '../rng.js';
import { SUN } from './scene.js';
import { Sprite } from './sprite.js';

/** A boulder: what is left of a ball after some flat cuts, seen from the front, roughened and mossy in its hollows. */
export function hewStone(rng: Rng, size: number): Sprite {
  const sprite = new Sprite(Math.round(size * rng.range(1.5, 2.6)), size);
  const cuts = Array.from({ length: 22 }, () => {
    const normal = unit([rng.normal(), rng.normal() * 0.9, Math.abs(rng.normal()) * 0.8 + 0.05]);
    return { normal, reach: rng.range(0.5, 0.92) };
  });
  const offset = rng.range(0, 99);
  for (let py = 0; py < sprite.height; py++) {
    for (let px = 0; px < sprite.width; px++) {
      const x = ((px + 0.5) / sprite.width) * 2 - 1;
      const y = 1 - (py + 0.5) / sprite.height - 0.08;
      const rough = 0.045 * fbm2(x * 3 + offset, y * 3, 5, 0.55);
      const squared = 0.95 - x * x - y * y + rough;
      let front = squared > 0 ? Math.sqrt(squared) : -1;
      let face: Vec3 = unit([x, y, Math.max(0.1, front)]);
      for (const { normal, reach } of cuts) {
        const here = (reach + rough - normal[0] * x - normal[1] * y) / normal[2];
        if (here < front) {
          front = here;
          face = normal;
        }
      }
      if (front < 0) continue;
      const e = 0.012;
      const bump = (dx: number, dy: number): number => fbm2((x + dx) * 9 + offset, (y + dy) * 9 + 7, 5, 0.65);
      const here = bump(0, 0);
      const gradient = [(bump(e, 0) - here) / e, (bump(0, e) - here) / e] as const;
      const normal = unit([face[0] - gradient[0] * 0.011, face[1] - gradient[1] * 0.011, face[2]]);
      const stain = clamp(0.8 + 0.5 * here);
      const wet = clamp(0.35 + y * 5);
      const sun = clamp(dot([normal[0], normal[1], -normal[2]], SUN)) * stain * wet;
      const sky = (0.25 + 0.75 * clamp(0.4 + 0.6 * normal[1])) * stain * wet;
      sprite.dab(px, py, clamp(front * 8), sun, sky);
    }
  }
  return sprite;
}
