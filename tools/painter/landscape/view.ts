import { Picture } from '../picture.js';
import { shadeGround } from './ground.js';
import { EYE, FAR, FINE, FOCAL, H, HORIZON, rayX, rayY, throughAir, W } from './scene.js';
import type { Terrain } from './terrain.js';

/**
 * One look at the world: direct, or mirrored in the lake. Each fills a whole picture with colours and depths, so that
 * trees can be set into either; the water then reads the mirrored one.
 */
export class View {
  readonly colour = new Picture(W, H);
  /** Metres along z; infinite where nothing solid is. */
  readonly depth = new Float32Array(W * H).fill(Infinity);

  constructor(readonly mirrored: boolean) {}

  /** Where a point of the world falls in this picture. */
  project(x: number, y: number, z: number): [number, number] {
    return [W / 2 + (x / z) * FOCAL, HORIZON - (((this.mirrored ? -y : y) - EYE) / z) * FOCAL];
  }

  render(terrain: Terrain, sky: Picture): void {
    const last = this.mirrored ? H : HORIZON + Math.round(0.12 * H);
    for (let py = this.mirrored ? HORIZON : 0; py < last; py++) {
      for (let px = 0; px < W; px++) {
        const dx = rayX(px);
        const dy = this.mirrored ? -rayY(py) : rayY(py);
        const eye = this.mirrored ? -EYE : EYE;
        const z = march(terrain, dx, dy, eye);
        if (z < FAR) {
          const y = eye + dy * z;
          this.colour.set(px, py, throughAir(shadeGround(terrain, dx * z, y, z), dx, z, y));
          this.depth[py * W + px] = z;
        } else {
          const row = this.mirrored ? 2 * HORIZON - 1 - py : py;
          this.colour.set(px, py, sky.sample((px + 0.5) / FINE - 0.5, (row + 0.5) / FINE - 0.5));
        }
      }
    }
  }
}

/** The depth at which a ray meets the land above the water, or FAR. */
function march(terrain: Terrain, dx: number, dy: number, eye: number): number {
  // A ray that goes down ends at the water; one from below starts there.
  const surface = -eye / dy;
  const end = eye > 0 && dy < 0 ? Math.min(FAR, surface) : FAR;
  let z = eye < 0 ? surface : 40;
  let before = z;
  while (z < end) {
    const above = eye + dy * z - terrain.height(dx * z, z);
    if (above < 0) {
      for (let i = 0; i < 8; i++) {
        const middle = (before + z) / 2;
        if (eye + dy * middle < terrain.height(dx * middle, middle)) z = middle;
        else before = middle;
      }
      return terrain.height(dx * z, z) > 0 ? z : FAR;
    }
    if (eye + dy * z > 2100) return FAR;
    before = z;
    z += Math.max(1 + z * 0.0006, above * 0.28);
  }
  return FAR;
}
