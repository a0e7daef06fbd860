import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { ImageService } from '../../src/images/image-service.js';
import { LOCAL_VIEWER } from '../../src/core/viewer.js';
import { LIMITS } from '../storage/support.js';
import { allEvents, openSessionsFixture } from '../support/sessions.js';

/** White on the left up to a share of the width, black on the right. */
const curtain = (width: number, height: number, share: number) =>
  sharp(Buffer.from(Array.from({ length: width * height }, (_, i) => ((i % width) / width < share ? 255 : 0))), {
    raw: { width, height, channels: 1 },
  }).png();

async function openGallery() {
  const studio = await openSessionsFixture();
  const images = new ImageService(studio.storage, LIMITS.maxBytes);
  const upload = async (picture: Sharp) => (await images.upload(LOCAL_VIEWER, await picture.toBuffer())).id;
  return { ...studio, upload };
}

describe('masks of a session', () => {
  it('are kept with it, and leave the content’s pixels in its result', async () => {
    const { storage, easel, request, upload } = await openGallery();
    await easel.start();
    // Of other shapes than the content: stretched.
    const [maskImageId, keepMaskImageId] = [await upload(curtain(40, 90, 0.5)), await upload(curtain(64, 16, 0.25))];
    const { styles, ...asked } = request(4);
    const session = await easel.sessions.create(LOCAL_VIEWER, {
      ...asked,
      recipe: { ...asked.recipe, size: 64 },
      styles: [...styles, { ...styles[0]!, maskImageId }],
      keepMaskImageId,
    });
    expect(session.keepMaskImageId).toBe(keepMaskImageId);
    expect(session.styles.map((style) => style.maskImageId)).toEqual([null, maskImageId]);
    const end = (await allEvents(await easel.sessions.watch(LOCAL_VIEWER, session.id, {}))).at(-1)!;
    expect(end.session).toMatchObject({ status: 'COMPLETED', errorMessage: null });
    const pixels = async (id: string) =>
      await storage.codec.decode(await storage.blobs.get((await storage.images.find(id))!.sha256));
    const [content, result] = [await pixels(session.contentImageId), await pixels(end.session.resultImageId!)];
    // The result has the content's size, so nothing was resampled.
    expect(result).toMatchObject({ width: content.width, height: content.height });
    const column = ({ data, width }: typeof result, x: number) =>
      Array.from({ length: content.height }, (_, y) => [
        ...data.subarray(3 * (y * width + x), 3 * (y * width + x) + 3),
      ]);
    for (const x of [0, 5, 14]) expect(column(result, x)).toEqual(column(content, x));
    for (const x of [18, 40, 63]) expect(column(result, x)).not.toEqual(column(content, x));
  });

  it('are refused at once where they leave nothing to paint, and where there are none', async () => {
    const { storage, easel, request, upload } = await openGallery();
    const [black, white] = [await upload(curtain(32, 32, 0)), await upload(curtain(32, 32, 2))];
    const asked = request(4);
    const refusals: [string | undefined, string | undefined, string, string][] = [
      [black, undefined, 'INVALID_MASK', 'styles.1.maskImageId'],
      [undefined, white, 'INVALID_MASK', 'keepMaskImageId'],
      ['img_no', undefined, 'IMAGE_NOT_FOUND', 'styles.1.maskImageId'],
      [undefined, 'img_no', 'IMAGE_NOT_FOUND', 'keepMaskImageId'],
    ];
    for (const [maskImageId, keepMaskImageId, code, field] of refusals) {
      const styles = [...asked.styles, { ...asked.styles[0]!, maskImageId }];
      await expect(easel.sessions.create(LOCAL_VIEWER, { ...asked, styles, keepMaskImageId })).rejects.toMatchObject({
        errors: [{ code, field }],
      });
    }
    expect(await storage.sessions.count()).toBe(0);
  });
});
