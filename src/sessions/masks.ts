/** Region masks on their way from what was uploaded into a run. */
import { EngineError } from '../engine/errors.js';
import { maskPlane } from '../engine/image/masks.js';
import { checkRegions } from '../engine/objective/regions.js';
import type { Recipe } from '../engine/recipe/recipe.js';
import { planScales } from '../engine/schedule/pyramid.js';
import type { MaskImage } from '../engine/types.js';
import type { ImageRow, Storage } from '../storage/index.js';
import { UserError } from './errors.js';

type Pictures = Pick<Storage, 'blobs' | 'codec'>;

/** A stored picture as a mask of this size, stretched. */
export async function readMask(
  { blobs, codec }: Pictures,
  { sha256 }: ImageRow,
  size: { readonly width: number; readonly height: number },
): Promise<MaskImage> {
  return await codec.decodeMask(await blobs.get(sha256), size.width, size.height);
}

/** Masks by their rows, as a session asks for them. */
export interface AskedMasks {
  readonly styles: readonly { readonly weight: number; readonly mask: ImageRow | undefined }[];
  readonly keepMask: ImageRow | undefined;
}

/**
 * Whether a mask leaves next to nothing to paint, told before anything runs: at the coarsest scale, where the least is
 * left. (The run looks at all of them.)
 * @param size of the result
 */
export async function findEmptyMask(
  storage: Pictures,
  { styles, keepMask }: AskedMasks,
  recipe: Recipe,
  size: { readonly width: number; readonly height: number },
): Promise<UserError | undefined> {
  if (!keepMask && styles.every(({ mask }) => !mask)) return undefined;
  const coarsest = planScales(size.width, size.height, recipe)[0]!;
  const plane = async (mask: ImageRow | undefined) =>
    mask && maskPlane(await readMask(storage, mask, coarsest), coarsest);
  const planes = await Promise.all(styles.map(async ({ weight, mask }) => ({ weight, mask: await plane(mask) })));
  const keep = await plane(keepMask);
  try {
    checkRegions(
      planes,
      keep,
      recipe.styleLayers.map(({ layer }) => layer),
    );
    return undefined;
  } catch (error) {
    if (!(error instanceof EngineError && error.code === 'INVALID_MASK')) throw error;
    return new UserError('INVALID_MASK', `${error.message}.`, `${error.field}ImageId`);
  }
}
