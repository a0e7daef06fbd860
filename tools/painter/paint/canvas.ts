import { clamp, type Vec3 } from '../maths.js';
import { fbm2, noise2 } from '../noise.js';
import { Picture } from '../picture.js';

/** Woven cloth: threads over and under, none of them quite even. About 0..1. */
export function weave(x: number, y: number): number {
  const [u, v] = [x / 2.6 + 0.5 * noise2(x / 40, y / 40), y / 2.6 + 0.5 * noise2(x / 40 + 9, y / 40)];
  const over = Math.sin(u * Math.PI) * Math.sin(v * Math.PI);
  return clamp(0.5 + 0.38 * over + 0.2 * noise2(x / 3, y / 3));
}

/** A canvas: the colour of the paint and how thickly it stands, so that light can rake across it in the end. */
export class Canvas {
  readonly colour: Picture;
  readonly relief: Float32Array;
  readonly cloth: Float32Array;

  constructor(
    readonly width: number,
    readonly height: number,
    ground: Vec3,
  ) {
    this.colour = new Picture(width, height, ground);
    this.relief = new Float32Array(width * height);
    this.cloth = new Float32Array(width * height);
    for (let i = 0; i < this.cloth.length; i++) this.cloth[i] = weave(i % width, Math.floor(i / width));
  }

  /** Paint of one hair on one pixel: it covers what is below and settles at its own thickness. */
  touch(x: number, y: number, colour: Vec3, alpha: number, thickness: number): void {
    if (x < 0 || y < 0 || x >= this.width || y >= this.height) return;
    this.colour.blend(x, y, colour, alpha);
    const i = y * this.width + x;
    this.relief[i]! += alpha * 0.8 * (thickness - this.relief[i]!);
  }

  /** Light from the upper left: ridges of paint shine on one side and shade on the other; the cloth shows where paint is thin. */
  light(depth: number, gloss: number): Picture {
    const { width, height } = this;
    const surface = (x: number, y: number): number => {
      const i = clamp(y, 0, height - 1) * width + clamp(x, 0, width - 1);
      return this.relief[i]! + this.cloth[i]! * 0.3 * Math.exp(-this.relief[i]! * 0.8);
    };
    const out = new Picture(width, height);
    return out.map((_, x, y) => {
      const gx = surface(x + 1, y) - surface(x - 1, y);
      const gy = surface(x, y + 1) - surface(x, y - 1);
      const slope = (gx * 0.64 + gy * 0.77) * depth;
      const shade = 1 + 0.5 * Math.tanh(slope);
      const shine = gloss * Math.max(0, Math.tanh(slope - 0.35)) ** 2;
      const age = 1 + 0.025 * fbm2(x / 90, y / 90, 3);
      const [r, g, b] = this.colour.get(x, y);
      return [r * shade * age + shine, g * shade * age + shine, b * shade * age + shine * 0.94];
    });
  }
}
