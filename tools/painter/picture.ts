import sharp from 'sharp';
import { clamp, type Vec3 } from './maths.js';

/** A float RGB picture. Light is kept linear while a scene is lit; paint is mixed as it looks. */
export class Picture {
  readonly data: Float32Array;

  constructor(
    readonly width: number,
    readonly height: number,
    fill: Vec3 = [0, 0, 0],
  ) {
    this.data = new Float32Array(width * height * 3);
    for (let i = 0; i < this.data.length; i++) this.data[i] = fill[i % 3]!;
  }

  get(x: number, y: number): Vec3 {
    const i = (clamp(y, 0, this.height - 1) * this.width + clamp(x, 0, this.width - 1)) * 3;
    return [this.data[i]!, this.data[i + 1]!, this.data[i + 2]!];
  }

  set(x: number, y: number, colour: Vec3): void {
    this.data.set(colour, (y * this.width + x) * 3);
  }

  /** Lays a colour over the pixel; outside the picture nothing happens. */
  blend(x: number, y: number, colour: Vec3, alpha: number): void {
    if (x < 0 || y < 0 || x >= this.width || y >= this.height) return;
    const i = (y * this.width + x) * 3;
    for (let c = 0; c < 3; c++) this.data[i + c]! += alpha * (colour[c]! - this.data[i + c]!);
  }

  /** Bilinear. */
  sample(x: number, y: number): Vec3 {
    x = clamp(x, 0, this.width - 1.001);
    y = clamp(y, 0, this.height - 1.001);
    const xi = Math.floor(x);
    const yi = Math.floor(y);
    const fx = x - xi;
    const fy = y - yi;
    const i = (yi * this.width + xi) * 3;
    const down = this.height > 1 ? this.width * 3 : 0;
    const at = (c: number): number => {
      const top = this.data[i + c]! * (1 - fx) + this.data[i + 3 + c]! * fx;
      const low = this.data[i + down + c]! * (1 - fx) + this.data[i + down + 3 + c]! * fx;
      return top + (low - top) * fy;
    };
    return [at(0), at(1), at(2)];
  }

  /** The mean of each square of k by k pixels. */
  shrink(k: number): Picture {
    const out = new Picture(Math.floor(this.width / k), Math.floor(this.height / k));
    for (let y = 0; y < out.height * k; y++) {
      for (let x = 0; x < out.width * k; x++) {
        const from = (y * this.width + x) * 3;
        const to = (Math.floor(y / k) * out.width + Math.floor(x / k)) * 3;
        for (let c = 0; c < 3; c++) out.data[to + c]! += this.data[from + c]! / (k * k);
      }
    }
    return out;
  }

  map(change: (colour: Vec3, x: number, y: number) => Vec3): Picture {
    for (let y = 0; y < this.height; y++) {
      for (let x = 0; x < this.width; x++) this.set(x, y, change(this.get(x, y), x, y));
    }
    return this;
  }

  /** Values 0..1 are written as they are. */
  async save(path: string, quality = 92): Promise<void> {
    const bytes = Uint8Array.from(this.data, (v) => Math.round(clamp(v) * 255));
    const image = sharp(bytes, { raw: { width: this.width, height: this.height, channels: 3 } });
    await image.jpeg({ quality, chromaSubsampling: '4:4:4', mozjpeg: true }).toFile(path);
  }
}
