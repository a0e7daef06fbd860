import type { Vec3 } from '../maths.js';

export type Point = readonly [number, number];

/** A flat area: its outline, the colours its dabs are picked from, the direction of the brush. Later shapes lie on earlier ones. */
export interface Shape {
  outline: readonly Point[];
  colours: readonly Vec3[];
  angle: number;
  /** The width of its contour, in pixels; 0 for none. */
  contour: number;
}

const hex = (code: string): Vec3 => [0, 2, 4].map((i) => parseInt(code.slice(i, i + 2), 16) / 255) as unknown as Vec3;
const palette = (codes: string): readonly Vec3[] => codes.split(' ').map(hex);

const SKY = palette('fbc85a fba94a f98d4f fbd98a f77c63 ffe3a0');
const SUN = palette('fff3c4 ffe98f');
const FAR = palette('b45a92 9a4f9c d0709a 7a56a8');
const FAR_SHADE = palette('5b4ea0 6a58b0 44499a');
const HILL = palette('e2553a ef7d3c d8433f f0a23f c9376a');
const TERRACE = palette('8fa03a b7ad3e 5f8f4a d9bd48');
const SEA = palette('1f8f9a 2aa7a4 17748f 3fb3a6 2f7fa8 8fd0b8 f29a72');
const QUAY = palette('f3b79a e99a86 f6cfae d98aa0');
const LIGHT_WALL = palette('fbe9c8 fbd9b0 f9c7a8 fff4de');
const PINK_WALL = palette('f59a8c f07f7c f8b49c');
const YELLOW_WALL = palette('fbcf62 f7b84a fde08c');
const SHADE_WALL = palette('7d6bb5 5f78b8 9a78b8 4f9aa8');
const ROOF = palette('e0432c ef6336 c93232 f58442');
const DARK = palette('27285f 3a2a6a 1d3d6b');
const TRUNK = palette('6a2038 8f2d45 4a2150 b8463f');
const LEAF = palette('1d6b4f 2f8a4a 14506a 7fae3c 0f3f5c');
const GROUND = palette('e8505a f27a5a d63a6a f5a05e');
const SHADOW = palette('5a3a8c 7a3f8f 40489a');
const SAIL = palette('fff2dc fbdcb8 ffffff');
const SAIL_RED = palette('e8502f f47a3a');

/** Written as in SVG: 'x,y x,y ...'. */
const points = (list: string): Point[] =>
  list.split(' ').map((pair) => pair.split(',').map(Number) as unknown as Point);

const box = (x: number, y: number, w: number, h: number): Point[] => [
  [x, y],
  [x + w, y],
  [x + w, y + h],
  [x, y + h],
];
const disc = (x: number, y: number, r: number, squash = 1): Point[] =>
  Array.from({ length: 28 }, (_, i) => [
    x + r * Math.cos((i / 14) * Math.PI),
    y + r * squash * Math.sin((i / 14) * Math.PI),
  ]);
const blob = (x: number, y: number, r: number, seed: number): Point[] =>
  Array.from({ length: 22 }, (_, i) => {
    const a = (i / 11) * Math.PI;
    const k = r * (1 + 0.16 * Math.sin(3 * a + seed) + 0.1 * Math.sin(5 * a + seed * 2.3));
    return [x + k * 1.25 * Math.cos(a), y + k * 0.8 * Math.sin(a)];
  });

/** A house: a lit front, a shaded side, a roof over both, windows; its foot's left corner is at (x, y). */
function house(x: number, y: number, w: number, h: number, walls: readonly Vec3[], floors = 2): Shape[] {
  const side = w * 0.42;
  const rise = h * 0.3;
  const shapes: Shape[] = [
    { outline: box(x, y - h, w, h), colours: walls, angle: 1.5, contour: 5 },
    {
      outline: [
        [x + w, y - h],
        [x + w + side, y - h - rise * 0.12],
        [x + w + side, y - h * 0.06],
        [x + w, y],
      ],
      colours: SHADE_WALL,
      angle: 1.5,
      contour: 5,
    },
    {
      outline: [
        [x - w * 0.06, y - h],
        [x + w * 0.2, y - h - rise],
        [x + w + side * 0.7, y - h - rise * 1.1],
        [x + w + side * 1.1, y - h - rise * 0.1],
        [x + w, y - h + 0.006],
      ],
      colours: ROOF,
      angle: 0.35,
      contour: 5,
    },
  ];
  for (let floor = 0; floor < floors; floor++) {
    for (const at of [0.22, 0.64]) {
      const top = y - h * 0.86 + (floor * h * 0.8) / floors;
      shapes.push({
        outline: box(x + w * at, top, w * 0.17, (h * 0.42) / floors),
        colours: DARK,
        angle: 1.5,
        contour: 0,
      });
    }
  }
  return shapes;
}

function boat(x: number, y: number, s: number, sails: readonly Vec3[]): Shape[] {
  return [
    {
      outline: [
        [x - 0.5 * s, y],
        [x + 0.6 * s, y],
        [x + 0.4 * s, y + 0.16 * s],
        [x - 0.36 * s, y + 0.16 * s],
      ],
      colours: SAIL_RED,
      angle: 0,
      contour: 5,
    },
    {
      outline: [
        [x + 0.02 * s, y - 1.3 * s],
        [x + 0.04 * s, y - 0.06 * s],
        [x - 0.5 * s, y - 0.08 * s],
      ],
      colours: sails,
      angle: -1.1,
      contour: 5,
    },
    {
      outline: [
        [x + 0.09 * s, y - 1.1 * s],
        [x + 0.5 * s, y - 0.1 * s],
        [x + 0.1 * s, y - 0.06 * s],
      ],
      colours: SAIL,
      angle: 1.2,
      contour: 4,
    },
    { outline: box(x - 0.42 * s, y + 0.22 * s, 0.8 * s, 0.05 * s), colours: sails, angle: 0, contour: 0 },
    { outline: box(x - 0.2 * s, y + 0.36 * s, 0.5 * s, 0.045 * s), colours: SAIL, angle: 0, contour: 0 },
    { outline: box(x - 0.3 * s, y + 0.5 * s, 0.4 * s, 0.04 * s), colours: sails, angle: 0, contour: 0 },
  ];
}

/** A harbour in the afternoon, in heights of the picture: x to 1.25, y to 1. */
export const HARBOUR: readonly Shape[] = [
  { outline: box(-0.1, -0.1, 1.5, 1.2), colours: SKY, angle: 0, contour: 0 },
  { outline: disc(0.5, 0.19, 0.078), colours: SUN, angle: 0.6, contour: 0 },
  {
    outline: points('-0.05,0.5 -0.05,0.36 0.12,0.29 0.24,0.36 0.38,0.27 0.55,0.4 0.7,0.35 0.9,0.46 0.9,0.52'),
    colours: FAR,
    angle: 0.7,
    contour: 5,
  },
  {
    outline: points('0.12,0.29 0.24,0.36 0.3,0.42 0.22,0.5 0.14,0.42'),
    colours: FAR_SHADE,
    angle: 0.9,
    contour: 0,
  },
  {
    outline: points('0.38,0.27 0.55,0.4 0.6,0.5 0.44,0.47 0.42,0.36'),
    colours: FAR_SHADE,
    angle: 0.9,
    contour: 0,
  },
  { outline: box(-0.05, 0.485, 1.4, 0.6), colours: SEA, angle: 0, contour: 0 },
  {
    outline: points('0.56,0.5 0.68,0.37 0.84,0.25 1.0,0.19 1.15,0.22 1.3,0.14 1.3,0.66 0.62,0.56'),
    colours: HILL,
    angle: -0.7,
    contour: 6,
  },
  {
    outline: points('0.72,0.38 0.88,0.27 0.98,0.3 0.86,0.42'),
    colours: TERRACE,
    angle: -0.5,
    contour: 4,
  },
  {
    outline: points('1.05,0.27 1.16,0.26 1.3,0.2 1.3,0.32 1.12,0.36'),
    colours: TERRACE,
    angle: 0.3,
    contour: 4,
  },
  {
    outline: points('0.96,0.22 1.02,0.2 1.07,0.26 1.0,0.3'),
    colours: SHADOW,
    angle: 0.8,
    contour: 0,
  },
  ...house(1.1, 0.43, 0.085, 0.1, YELLOW_WALL, 1),
  ...house(0.76, 0.47, 0.08, 0.1, PINK_WALL, 1),
  ...house(0.93, 0.46, 0.085, 0.13, LIGHT_WALL),
  { outline: box(0.868, 0.27, 0.042, 0.22), colours: LIGHT_WALL, angle: 1.5, contour: 5 },
  {
    outline: points('0.862,0.275 0.889,0.2 0.916,0.275'),
    colours: ROOF,
    angle: 1.2,
    contour: 5,
  },
  { outline: box(0.882, 0.3, 0.014, 0.04), colours: DARK, angle: 1.5, contour: 0 },
  ...house(1.13, 0.57, 0.1, 0.15, LIGHT_WALL),
  ...house(0.66, 0.565, 0.09, 0.12, YELLOW_WALL),
  ...house(0.97, 0.59, 0.11, 0.15, PINK_WALL),
  ...house(0.81, 0.585, 0.1, 0.13, LIGHT_WALL),
  {
    outline: points('0.58,0.57 0.8,0.575 1.3,0.585 1.3,0.68 0.9,0.655 0.56,0.6'),
    colours: QUAY,
    angle: 0.05,
    contour: 6,
  },
  ...boat(0.46, 0.6, 0.12, SAIL_RED),
  ...boat(0.75, 0.76, 0.17, SAIL),
  {
    outline: points('-0.05,0.78 0.16,0.76 0.4,0.83 0.66,0.93 0.82,1.05 -0.05,1.05'),
    colours: GROUND,
    angle: 0.35,
    contour: 7,
  },
  {
    outline: points('0.12,0.86 0.34,0.87 0.58,0.96 0.5,1.0 0.28,0.92 0.1,0.9'),
    colours: SHADOW,
    angle: 0.3,
    contour: 0,
  },
  {
    outline: points(
      '0.07,0.92 0.13,0.74 0.1,0.55 0.14,0.36 0.06,0.2 0.12,0.18 0.19,0.34 0.34,0.22 0.36,0.26 0.22,0.42 0.18,0.56 0.21,0.74 0.25,0.93 0.16,0.89',
    ),
    colours: TRUNK,
    angle: 1.4,
    contour: 7,
  },
  { outline: blob(0.34, 0.14, 0.11, 1), colours: LEAF, angle: -0.5, contour: 6 },
  { outline: blob(0.04, 0.13, 0.15, 3), colours: LEAF, angle: 0.5, contour: 6 },
  { outline: blob(0.2, 0.05, 0.11, 5), colours: LEAF, angle: 0.1, contour: 6 },
  { outline: blob(0.03, 0.34, 0.07, 2), colours: LEAF, angle: 0.7, contour: 6 },
];
