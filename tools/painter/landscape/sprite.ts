import { add, clamp, scale, times, type Vec3 } from '../maths.js';
import { throughAir, H, SKYLIGHT, SUNLIGHT, W } from './scene.js';
import type { View } from './view.js';

/**
 * A cut-out of a tree or a stone that is lit where it is set down: it keeps coverage, and how much sun and sky each pixel
 * sees, with halved copies so that a far tree is the mean of its branches and never a random few of them.
 */
export class Sprite {
  /** Coverage, sun and sky, the latter two already multiplied by coverage. */
  readonly data: Float32Array;
  private half?: Sprite;

  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.data = new Float32Array(width * height * 3);
  }

  /** One dab over what is there. */
  dab(x: number, y: number, alpha: number, sun: number, sky: number): void {
    if (x < 0 || y < 0 || x >= this.width || y >= this.height) return;
    const i = (y * this.width + x) * 3;
    this.data[i]! += alpha * (1 - this.data[i]!);
    this.data[i + 1]! += alpha * (sun - this.data[i + 1]!);
    this.data[i + 2]! += alpha * (sky - this.data[i + 2]!);
  }

  /** A line a little over a pixel wide, with soft edges. */
  line(x0: number, y0: number, x1: number, y1: number, radius: number, alpha: number, sun: number, sky: number): void {
    const steps = Math.max(1, Math.ceil(Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0))));
    const reach = Math.ceil(radius);
    for (let s = 0; s <= steps; s++) {
      const x = x0 + ((x1 - x0) * s) / steps;
      const y = y0 + ((y1 - y0) * s) / steps;
      for (let py = Math.floor(y) - reach + 1; py <= Math.floor(y) + reach; py++) {
        for (let px = Math.floor(x) - reach + 1; px <= Math.floor(x) + reach; px++) {
          const cover = clamp(radius + 0.5 - Math.hypot(px - x, py - y));
          if (cover > 0) this.dab(px, py, cover * alpha, sun, sky);
        }
      }
    }
  }

  /** The copy whose pixels are about as large as those it will fill. */
  private near(width: number): Sprite {
    if (this.width < width * 2 || this.width < 4 || this.height < 4) return this;
    this.half ??= this.halve();
    return this.half.near(width);
  }

  private halve(): Sprite {
    const out = new Sprite(this.width >> 1, this.height >> 1);
    for (let y = 0; y < out.height * 2; y++) {
      for (let x = 0; x < out.width * 2; x++) {
        const from = (y * this.width + x) * 3;
        const to = ((y >> 1) * out.width + (x >> 1)) * 3;
        for (let c = 0; c < 3; c++) out.data[to + c]! += this.data[from + c]! / 4;
      }
    }
    return out;
  }

  private sample(u: number, v: number, c: number): number {
    const x = clamp(u * this.width - 0.5, 0, this.width - 1.001);
    const y = clamp(v * this.height - 0.5, 0, this.height - 1.001);
    const xi = Math.floor(x);
    const yi = Math.floor(y);
    const i = (yi * this.width + xi) * 3 + c;
    const j = i + this.width * 3;
    const top = this.data[i]! + (this.data[i + 3]! - this.data[i]!) * (x - xi);
    const low = this.data[j]! + (this.data[j + 3]! - this.data[j]!) * (x - xi);
    return top + (low - top) * (y - yi);
  }

  /** Sets it into a view with its foot at (x, y, z) and the given height in metres; `sun` and `sky` are the place's light. */
  place(view: View, at: Vec3, metres: number, colour: Vec3, sun: number, sky: number): void {
    const [x, y, z] = at;
    const [footX, footY] = view.project(x, y, z);
    const [, topY] = view.project(x, y + metres, z);
    const tall = topY - footY;
    const wide = (Math.abs(tall) * this.width) / this.height;
    const source = this.near(wide);
    const low = Math.max(0, Math.ceil(Math.min(footY, topY) - 0.5));
    const high = Math.min(H - 1, Math.floor(Math.max(footY, topY) - 0.5));
    const left = Math.max(0, Math.ceil(footX - wide / 2 - 0.5));
    const right = Math.min(W - 1, Math.floor(footX + wide / 2 - 0.5));
    const sunlit = scale(times(colour, SUNLIGHT), sun);
    const skylit = scale(times(colour, SKYLIGHT), sky);
    for (let py = low; py <= high; py++) {
      const v = 1 - (py + 0.5 - footY) / tall;
      for (let px = left; px <= right; px++) {
        if (z > view.depth[py * W + px]! + 2 + z * 0.004) continue;
        const u = (px + 0.5 - footX) / wide + 0.5;
        const cover = source.sample(u, v, 0);
        if (cover < 0.01) continue;
        const light = add(scale(sunlit, source.sample(u, v, 1) / cover), scale(skylit, source.sample(u, v, 2) / cover));
        view.colour.blend(px, py, throughAir(light, (px - W / 2) / W, z, y + metres * (1 - v)), cover);
      }
    }
  }
}
