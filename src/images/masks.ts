/** Region masks: stored images as the engine's masks. */
import { checkRegions, EngineError, maskPlane, type Recipe } from '../engine/index.js';
import type { ImageRow, Storage } from '../storage/index.js';
import { UserError } from '../core/errors.js';
import type { GreyImage } from '../core/pixels.js';

type MaskStorage = Pick<Storage, 'blobs' | 'codec'>;

/** Decodes a stored image as a mask of this size, stretched. */
export async function readMask(
  { blobs, codec }: MaskStorage,
  { sha256 }: ImageRow,
  size: { readonly width: number; readonly height: number },
): Promise<GreyImage> {
  return await codec.decodeMask(await blobs.get(sha256), size.width, size.height);
}

/** The masks of a new session, by their rows. */
export interface AskedMasks {
  readonly styles: readonly { readonly weight: number; readonly mask: ImageRow | undefined }[];
  readonly keepMask: ImageRow | undefined;
}

/**
 * Finds a mask that leaves next to nothing to paint, before anything runs. (The run checks all of its scales.)
 * @param size of the run's coarsest scale, where the least is left
 */
export async function findEmptyMask(
  storage: MaskStorage,
  { styles, keepMask }: AskedMasks,
  recipe: Pick<Recipe, 'styleLayers'>,
  size: { readonly width: number; readonly height: number },
): Promise<UserError | undefined> {
  if (!keepMask && styles.every(({ mask }) => !mask)) return undefined;
  const plane = async (mask: ImageRow | undefined) => mask && maskPlane(await readMask(storage, mask, size), size);
  const planes = [];
  // One at a time, because a mask is decoded at full size first.
  for (const { weight, mask } of styles) planes.push({ weight, mask: await plane(mask) });
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
    return new UserError('INVALID_MASK', error.message, `${error.field}ImageId`);
  }
}
