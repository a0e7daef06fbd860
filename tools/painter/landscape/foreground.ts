import { add, clamp, mix, mix3, scale, smooth, times, type Vec3 } from '../maths.js';
import { fbm2, noise2 } from '../noise.js';
import { Rng } from '../rng.js';
import { growConifer } from './conifer.js';
import { FOCAL, H, SKYLIGHT, SUNLIGHT, W } from './scene.js';
import { hewStone } from './stone.js';
import type { View } from './view.js';

/** The row where the near bank meets the water. */
function shore(px: number): number {
  const u = px / W;
  return H * (0.905 - 0.09 * smooth(0.5, 1.02, u) - 0.075 * smooth(0.32, -0.05, u) + 0.012 * fbm2(u * 7, 2, 4));
}

/** Late sun comes through the trees behind the camera in patches. */
const patch = (x: number, y: number): number => smooth(-0.25, 0.45, fbm2(x / 320, y / 90 + 4, 3));

function fillBank(view: View): void {
  for (let px = 0; px < W; px++) {
    const edge = Math.round(shore(px));
    for (let py = edge; py < H; py++) {
      const soil: Vec3 = scale([0.085, 0.065, 0.04], 1 + 0.6 * fbm2(px / 14, py / 6, 4));
      const wet = mix(0.35, 1, clamp((py - edge) / 9));
      const light = add(scale(SUNLIGHT, 0.3 * patch(px, py)), scale(SKYLIGHT, 0.7));
      view.colour.set(px, py, scale(times(soil, light), wet));
      view.depth[py * W + px] = 30;
    }
  }
}

/** One blade, bending as it rises; its tip is thin and catches the sun. */
function blade(view: View, rng: Rng, x: number, y: number, length: number, colour: Vec3, sun: number): void {
  const lean = rng.normal() * 0.28 + 0.16;
  const bend = rng.normal() * 0.3 + 0.22;
  const steps = Math.ceil(length);
  for (let s = 0; s <= steps; s++) {
    const t = s / steps;
    const bx = x + length * (lean * t + bend * t * t);
    const by = y - length * (t - 0.18 * t * t);
    const light = add(scale(SUNLIGHT, sun * t ** 1.2 * 0.62), scale(SKYLIGHT, 0.18 + 0.55 * t));
    const shade = times(colour, light);
    const wide = mix(1.5, 0.6, t);
    const left = Math.floor(bx);
    view.colour.blend(left, Math.round(by), shade, clamp(wide - (bx - left)) * 0.9);
    view.colour.blend(left + 1, Math.round(by), shade, clamp(wide - (1 - bx + left)) * 0.9);
  }
}

function growGrass(view: View, rng: Rng): void {
  for (let py = Math.round(H * 0.79); py < H + 60; py += 1.2) {
    const near = (py / H - 0.79) / 0.21;
    for (let n = 0; n < 210; n++) {
      const x = rng.range(-20, W + 20);
      const inland = py - shore(x);
      if (inland < 2 || rng.next() > smooth(0, 30, inland) * smooth(-0.75, 0.1, noise2(x / 90, py / 30) + 0.2))
        continue;
      const dry = clamp(0.5 + 0.8 * fbm2(x / 130, py / 50 + 9, 2) + 0.3 * rng.normal());
      const colour = mix3([0.075, 0.115, 0.03], [0.36, 0.27, 0.1], dry);
      const tall = rng.next() < 0.05 ? 1.9 : 1;
      blade(view, rng, x, py, mix(12, 46, near) * rng.range(0.5, 1.2) * tall, colour, 0.15 + 0.85 * patch(x, py));
    }
  }
}

/** The bank under the camera: stones at the water, grass, and a tall spruce that closes the picture on the right. */
export function paintForeground(view: View): void {
  const rng = new Rng(8);
  fillBank(view);
  const stones = Array.from({ length: 9 }, () => hewStone(rng, 150));
  for (let n = 0; n < 90; n++) {
    const u = rng.next();
    if (rng.next() > smooth(-0.1, 0.35, noise2(u * 6 + 3.4, 8.3) + 0.1)) continue;
    const z = rng.range(18, 24);
    // Its foot stands on the row of the shore, whatever height that is at this depth.
    const [, level] = view.project(0, 0, z);
    const y = (level - shore(u * W) - rng.range(-12, 22)) / (level - view.project(0, 1, z)[1]);
    const metres = 0.12 + 0.75 * rng.next() ** 3;
    const grey = rng.range(0.16, 0.3);
    const at: Vec3 = [(u - 0.5) * W * (z / FOCAL), y, z];
    rng.pick(stones).place(view, at, metres, [grey * 1.08, grey, grey * 0.93], 0.9, 0.8);
  }
  // The hero stands a little off the right edge, so that it frames the lake and leaves the peak alone.
  growConifer(rng, 560, 0.36).place(view, [10.9, 1.2, 26], 9, [0.05, 0.075, 0.03], 0.8, 0.9);
  growConifer(rng, 1150, 0.38).place(view, [9.1, 1.0, 20], 13.4, [0.062, 0.092, 0.034], 1.15, 1.1);
  growGrass(view, rng);
}
