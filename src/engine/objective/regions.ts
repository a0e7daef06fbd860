/**
 * Regions of the image with styles of their own: guided Gram matrices (Gatys et al. 2017, Controlling Perceptual Factors in
 * Neural Style Transfer, arXiv 1611.07865, section 4).
 */
import { EngineError } from '../errors.js';
import { blockOf } from '../network/topology.js';
import type { Planes } from '../types/run.js';

export interface MaskedStyle {
  /** Greater than 0; only the ratios between styles matter. */
  readonly weight: number;
  /** The style's region; of the content's size. */
  readonly mask?: Planes | undefined;
}

/** Styles with the same mask; they share one blended target. */
export interface Region<Style extends MaskedStyle = MaskedStyle> {
  readonly styles: readonly Style[];
  /** Index of the first style in the request, for messages. */
  readonly firstStyle: number;
  /** Whether this is the only region. */
  readonly isOnly: boolean;
  /** Mean weight of the region's styles, divided by the mean over the image. */
  readonly strength: number;
  /** T, of the content's size; undefined if the region is the whole image. */
  readonly mask: Planes | undefined;
}

/**
 * Groups styles with the same mask into regions. Styles without a mask share the remaining area, max(0, 1 - sum of the
 * masks). Kept content belongs to no region. Without any mask, there is one region, without a mask.
 *
 * Within a region, weights are shares of the blended target; between regions, weights set their relative strengths. With
 * equal weights, each region is painted as strongly as an image without masks, whatever its size.
 */
export function planRegions<Style extends MaskedStyle>(
  styles: readonly Style[],
  keep: Planes | undefined,
): Region<Style>[] {
  const groups: { mask: Planes | undefined; firstStyle: number; styles: Style[] }[] = [];
  for (const [index, style] of styles.entries()) {
    const group = groups.find(({ mask }) => isSame(mask, style.mask));
    if (group) group.styles.push(style);
    else groups.push({ mask: style.mask, firstStyle: index, styles: [style] });
  }
  const given = groups.flatMap(({ mask }) => mask ?? []);
  const regions = groups.map(({ mask, firstStyle, styles: members }) => ({
    styles: members,
    firstStyle,
    isOnly: groups.length === 1,
    weight: members.reduce((sum, { weight }) => sum + weight, 0) / members.length,
    mask: paintable(mask ?? remainder(given), keep),
  }));
  const area = regions.map(({ mask }) => (mask ? meanSquare(mask.data) : 1));
  const total = area.reduce((sum, part) => sum + part, 0);
  const meanWeight = regions.reduce((sum, { weight }, k) => sum + (weight * area[k]!) / total, 0);
  return regions.map(({ weight, ...region }) => ({ ...region, strength: weight / meanWeight }));
}

const meanSquare = (values: Float32Array) => values.reduce((sum, value) => sum + value * value, 0) / values.length;

function isSame(a: Planes | undefined, b: Planes | undefined): boolean {
  if (a === b) return true;
  return a !== undefined && b !== undefined && a.data.every((value, i) => value === b.data[i]);
}

function remainder(masks: readonly Planes[]): Planes | undefined {
  const [first] = masks;
  if (!first) return undefined;
  const covered = (i: number) => masks.reduce((sum, { data }) => sum + data[i]!, 0);
  return { ...first, data: first.data.map((_, i) => Math.max(0, 1 - covered(i))) };
}

function paintable(mask: Planes | undefined, keep: Planes | undefined): Planes | undefined {
  if (!keep) return mask;
  return { ...keep, data: keep.data.map((kept, i) => (1 - kept) * (mask?.data[i] ?? 1)) };
}

/** Throws `INVALID_MASK` if a region is empty in one of the layers, for masks of this size. */
export function checkRegions(
  styles: readonly MaskedStyle[],
  keep: Planes | undefined,
  layers: readonly string[],
): void {
  for (const region of planRegions(styles, keep)) inLayers(region, layers);
}

/** The maximum of a region's mask must reach this value, 8 grey levels, in every style layer. */
const MIN_PEAK = 8 / 255;

/** A region at the resolution of one layer. */
export interface LayerRegion {
  /** T_l, [N_l], scaled to a mean square of 1, so that G_l = (T F)(T F)^T / (C sum T^2) for regions of any size. */
  readonly mask: Float32Array | undefined;
  /**
   * lambda_l: the region's strength times the mean of the unscaled T_l^2. The gradient at a position then depends on T_l^2
   * there, and not on the size of the region.
   */
  readonly share: number;
}

/**
 * The region at the resolution of each layer. Its mask is halved by 2x2 means at each pooling, so a position's weight is the
 * share of its pixels in the region.
 * @throws EngineError `INVALID_MASK` if the region is empty, or nearly so, in a layer
 */
export function inLayers(region: Region, layers: readonly string[]): ReadonlyMap<string, LayerRegion> {
  const { mask, strength } = region;
  if (!mask) return new Map(layers.map((layer) => [layer, { mask, share: strength }]));
  const blocks = [mask];
  const inBlock = (block: number): Planes => (blocks[block - 1] ??= halve(inBlock(block - 1)));
  return new Map(
    layers.map((layer) => {
      const { data } = inBlock(blockOf(layer));
      if (!data.some((value) => value >= MIN_PEAK)) throw emptyRegion(region, mask, layer);
      const area = meanSquare(data);
      return [layer, { mask: data.map((value) => value / Math.sqrt(area)), share: strength * area }];
    }),
  );
}

function halve({ width, height, data }: Planes): Planes {
  const half = { width: width >> 1, height: height >> 1 };
  const means = new Float32Array(half.width * half.height);
  for (let y = 0; y < half.height; y++) {
    for (let x = 0; x < half.width; x++) {
      const i = 2 * y * width + 2 * x;
      means[y * half.width + x] = (data[i]! + data[i + 1]! + data[i + width]! + data[i + width + 1]!) / 4;
    }
  }
  return { ...half, data: means };
}

function emptyRegion({ styles, firstStyle, isOnly }: Region, { width, height }: Planes, layer: string): EngineError {
  const where = `at ${width} x ${height} pixels, in ${layer}`;
  const field = `styles.${firstStyle}.mask`;
  if (styles[0]!.mask) {
    const message = `\`${field}\` leaves almost no area to paint (${where}): its white part is too small or too dark, or lies in the kept content. Enlarge the white part.`;
    return new EngineError('INVALID_MASK', message, field);
  }
  if (!isOnly) {
    const message = `Style ${firstStyle} has no mask, and the other masks leave almost no area for it (${where}). Give it a mask or remove it.`;
    return new EngineError('INVALID_MASK', message, field);
  }
  const message = `\`keepMask\` leaves almost no area to paint (${where}). Enlarge its black part.`;
  return new EngineError('INVALID_MASK', message, 'keepMask');
}
