/** Region masks on their way from what was uploaded into a run. */
import { checkRegions, EngineError, maskPlane, type Recipe } from '../engine/index.js';
import type { ImageRow, Storage } from '../storage/index.js';
import { UserError } from '../core/errors.js';
import type { GreyImage } from '../core/pixels.js';

type Pictures = Pick<Storage, 'blobs' | 'codec'>;

/** A stored picture as a mask of this size, stretched. */
export async function readMask(
  { blobs, codec }: Pictures,
  { sha256 }: ImageRow,
  size: { readonly width: number; readonly height: number },
): Promise<GreyImage> {
  return await codec.decodeMask(await blobs.get(sha256), size.width, size.height);
}

/** Masks by their rows, as a session asks for them. */
export interface AskedMasks {
  readonly styles: readonly { readonly weight: number; readonly mask: ImageRow | undefined }[];
  readonly keepMask: ImageRow | undefined;
}

/**
 * Whether a mask leaves next to nothing to paint, told before anything runs. (The run looks at all of its scales.)
 * @param size of the coarsest scale of the run, where the least is left
 */
export async function findEmptyMask(
  storage: Pictures,
  { styles, keepMask }: AskedMasks,
  recipe: Pick<Recipe, 'styleLayers'>,
  size: { readonly width: number; readonly height: number },
): Promise<UserError | undefined> {
  if (!keepMask && styles.every(({ mask }) => !mask)) return undefined;
  const plane = async (mask: ImageRow | undefined) => mask && maskPlane(await readMask(storage, mask, size), size);
  const planes = [];
  // One after the other: a mask is decoded whole before it is made small.
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
