import { clamp, dot, mix } from '../maths.js';
import type { Rng } from '../rng.js';
import { SUN } from './scene.js';
import { Sprite } from './sprite.js';

interface Branch {
  /** 0 at the tip of the tree, 1 at its lowest branch. */
  level: number;
  /** Around the trunk; 0 points at the viewer. */
  bearing: number;
  length: number;
}

/** A spruce, grown branch by branch around its trunk and drawn from the far side to the near one. `slim` is width by height. */
export function growConifer(rng: Rng, height: number, slim: number): Sprite {
  const sprite = new Sprite(Math.ceil(height * slim * 1.15), height);
  const middle = sprite.width / 2;
  const radius = (height * slim) / 2;
  const skirt = height * rng.range(0.93, 0.98);
  const lean = rng.normal() * 0.008 * height;
  const trunk = (y: number): number => middle + lean * Math.sin((y / height) * 3);
  // Boughs grow in whorls, with gaps between them; a few are missing, a few stretch out.
  const branches: Branch[] = [];
  const whorls = Math.round(height / mix(7, 17, clamp(height / 900)));
  for (let w = 0; w < whorls; w++) {
    const count = 7 + Math.floor(rng.next() * 5);
    const thin = rng.next() < 0.12 ? 0.6 : 1;
    for (let b = 0; b < count; b++) {
      const level = clamp((w + rng.range(-0.4, 0.4)) / whorls, 0.002, 1);
      const length = radius * level ** 0.8 * rng.range(0.62, 1.05) * thin + height * 0.003;
      branches.push({ level, bearing: rng.range(-Math.PI, Math.PI), length });
    }
  }
  branches.sort((a, b) => Math.cos(a.bearing) - Math.cos(b.bearing) || a.level - b.level);

  let trunkDrawn = false;
  const drawTrunk = (): void => {
    trunkDrawn = true;
    for (let y = height * 0.02; y < height; y++) {
      const r = 0.4 + height * 0.011 * (y / height);
      for (let x = -r; x <= r; x++) {
        sprite.dab(Math.round(trunk(y) + x), Math.round(y), 0.9, clamp(0.25 - (x / r) * 0.4) * rng.range(0.4, 1), 0.35);
      }
    }
  };
  for (const { level, bearing, length } of branches) {
    const near = Math.cos(bearing);
    if (!trunkDrawn && near > 0) drawTrunk();
    const out = Math.sin(bearing);
    const facing = dot([out * 0.75, 0.45, -near * 0.6], SUN);
    const y0 = mix(height * 0.012, skirt, level);
    const droop = mix(-0.25, 0.55, level) + rng.normal() * 0.08;
    const steps = Math.max(3, Math.round(length / 2.2));
    const shade = rng.range(0.7, 1.2);
    for (let s = 0; s <= steps; s++) {
      const u = s / steps;
      const x = trunk(y0) + out * length * u;
      const y = y0 + length * (droop * u * 0.75 - 0.22 * u * u * droop) + near * length * u * 0.16;
      // Twigs fan out along the bough and droop; those at its end catch the light, those within stay dark.
      const twig =
        Math.min(height * 0.021, 4 + height * 0.012) * (0.35 + Math.sin(Math.PI * Math.min(1, u * 0.8 + 0.15)));
      const sun = clamp((facing * 0.95 + 0.08) * u ** 1.3 * shade * 1.3, 0, 1.4);
      const sky = (0.1 + 0.6 * u * (0.6 + 0.4 * near)) * shade;
      for (let k = 0; k < 3; k++) {
        const turn = rng.range(-1.1, 1.1);
        const reach = twig * rng.range(0.4, 1.2);
        const bright = (k ? 1 : 0.4) * rng.range(0.6, 1.3);
        const tipX = x + (out * Math.cos(turn) * 0.8 + Math.sin(turn) * 0.5) * reach;
        sprite.line(x, y, tipX, y + reach * rng.range(0.05, 0.65), 0.6, 0.85, sun * bright, sky * bright);
      }
    }
  }
  return sprite;
}
