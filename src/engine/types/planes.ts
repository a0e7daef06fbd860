/** One value a pixel, 0 to 1, such as opacity or how much it counts: [height, width]. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}
