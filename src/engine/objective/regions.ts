/**
 * Where in the picture which styles are painted: guided Gram matrices (Gatys et al. 2017, Controlling Perceptual Factors
 * in Neural Style Transfer, arXiv 1611.07865, section 4).
 */
import { EngineError } from '../errors.js';
import { blockOf } from '../network/topology.js';
import type { Planes } from '../types/run.js';

/** A style as far as regions concern it. */
export interface MaskedStyle {
  /** Greater than 0; only the ratios between styles matter. */
  readonly weight: number;
  /** Where in the content it is painted; of the content's size. */
  readonly mask?: Planes | undefined;
}

/** Styles that share one mask, and so one blended target. */
export interface Region<Style extends MaskedStyle = MaskedStyle> {
  readonly styles: readonly Style[];
  /** Place of its first style among all, for messages. */
  readonly firstStyle: number;
  /** Whether there is no other region. */
  readonly isOnly: boolean;
  /** How strongly it is painted, over the mean of the picture: the ratio of the styles' mean weights. */
  readonly strength: number;
  /** T, of the content's size; undefined where the one region is the whole picture. */
  readonly mask: Planes | undefined;
}

/**
 * Styles with the same mask make a region. Styles without one share what the masks leave, max(0, 1 - sum of the masks).
 * What is kept of the content belongs to no region, because nothing can be painted there. Without any mask there is one
 * region without a mask.
 *
 * Within a region, weights are shares of the blend; between regions they say how strongly each is painted. Where they are
 * equal, each is painted as strongly as a picture without masks, however large it is.
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

/** Throws `INVALID_MASK` where the run would, at this size. */
export function checkRegions(
  styles: readonly MaskedStyle[],
  keep: Planes | undefined,
  layers: readonly string[],
): void {
  for (const region of planRegions(styles, keep)) inLayers(region, layers);
}

/** What a mask must reach somewhere in every style layer, 8 levels of grey: less is a stain, not a region. */
const LEAST = 8 / 255;

/** A region in one layer. */
export interface LayerRegion {
  /** T_l, [N_l], scaled to a mean square of 1: so G_l = (T F)(T F)^T / (C sum T^2), whatever the region's size. */
  readonly mask: Float32Array | undefined;
  /**
   * lambda_l: the region's strength times its share of the picture, the mean of T_l^2. The gradient at a position then
   * depends on how much the position belongs to the region (by T_l^2), and not on how large the region is.
   */
  readonly share: number;
}

/**
 * The region in each of the layers. Its mask is halved by 2x2 means where the network pools, so that a position counts as
 * far as what it sees lies in the region.
 * @throws EngineError `INVALID_MASK` where nothing, or next to nothing, of the region is left in a layer
 */
export function inLayers(region: Region, layers: readonly string[]): ReadonlyMap<string, LayerRegion> {
  const { mask, strength } = region;
  if (!mask) return new Map(layers.map((layer) => [layer, { mask, share: strength }]));
  const blocks = [mask];
  const inBlock = (block: number): Planes => (blocks[block - 1] ??= halve(inBlock(block - 1)));
  return new Map(
    layers.map((layer) => {
      const { data } = inBlock(blockOf(layer));
      if (!data.some((value) => value >= LEAST)) throw emptyRegion(region, mask, layer);
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
  if (styles[0]!.mask) {
    const message = `the mask of style ${firstStyle} leaves next to nothing to paint (${where}): it is too dark or too small there, or lies in what is kept; make its white part larger`;
    return new EngineError('INVALID_MASK', message, `styles.${firstStyle}.mask`);
  }
  if (!isOnly) {
    const message = `style ${firstStyle} has no mask, and the masks leave next to nothing of the picture for it (${where}); give it a mask, or leave it out`;
    return new EngineError('INVALID_MASK', message, `styles.${firstStyle}.mask`);
  }
  const message = `next to nothing is left to paint (${where}); make the black part of the keep mask larger`;
  return new EngineError('INVALID_MASK', message, 'keepMask');
}
