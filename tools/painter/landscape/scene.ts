import { clamp, mix3, smooth, unit, type Vec3 } from '../maths.js';

/** The picture's size, and how many times finer it is rendered before it is shrunk. */
export const WIDTH = 768;
export const HEIGHT = 512;
export const FINE = 2;
export const W = WIDTH * FINE;
export const H = HEIGHT * FINE;

/**
 * The camera stands at x = 0, z = 0, looks along z and is never tilted: the horizon is shifted instead, as on a view
 * camera, so verticals stay upright and a pixel's ray is simply (dx, dy, 1) per metre of depth.
 */
export const EYE = 7;
export const FOCAL = 0.96 * W;
export const HORIZON = Math.round(0.6 * H);
export const rayX = (px: number): number => (px + 0.5 - W / 2) / FOCAL;
export const rayY = (py: number): number => (HORIZON - py - 0.5) / FOCAL;
export const FAR = 9100;

/** Golden hour: low and warm from the left, a little behind the camera; the sky fills the shadows with blue. */
export const SUN: Vec3 = unit([-0.92, 0.29, -0.2]);
export const SUNLIGHT: Vec3 = [3.9, 2.35, 1.12];
export const SKYLIGHT: Vec3 = [0.26, 0.38, 0.66];

/** The clear sky along a ray: blue overhead, cream at the horizon, gold towards the sun. */
export function clearSky(dx: number, dy: number): Vec3 {
  const high = clamp(dy / 0.5);
  const base = mix3([0.78, 0.74, 0.74], [0.16, 0.33, 0.68], 1 - (1 - high) ** 1.9);
  const glow = Math.exp(-((dx + 0.75) ** 2) * 2.2) * Math.exp(-Math.max(0, dy) * 5.5);
  return mix3(base, [1.5, 0.98, 0.52], clamp(glow * 0.85));
}

/** Air between the eye and a point: it blues and veils what is far, more so low over the valley, golden on the sun's side. */
export function throughAir(colour: Vec3, dx: number, depth: number, y: number): Vec3 {
  const veil = mix3([0.42, 0.53, 0.74], [1.0, 0.78, 0.55], smooth(0.25, -0.75, dx));
  const clear = mix3(colour, veil, 1 - Math.exp(-depth / 24000));
  const mist = 0.3 * smooth(700, 2600, depth) * Math.exp(-Math.max(0, y) / 90);
  return mix3(clear, [0.92, 0.8, 0.7], mist);
}
