import { StorageError } from '../../errors.js';
import { bufferOf, checkSides, damaged, type Container } from './container.js';

const AVIF = new Set(['avif', 'avis']);
const MAX_BOXES = 10_000;
/** Boxes that hold boxes on the way to the images' sizes: meta (after 4 bytes), its properties, their container. */
const PARENTS: Readonly<Record<string, number>> = { meta: 4, iprp: 0, ipco: 0 };

/** Reads the brands and image sizes of an ISO base media file (ISO/IEC 23008-12): AVIF passes, HEIC is refused by name. */
export function readHeif(bytes: Uint8Array): Container {
  const file = bufferOf(bytes);
  const brands = file.toString('latin1', 8, Math.min(file.readUInt32BE(0), 256, file.length)).match(/.{4}/gs) ?? [];
  if (!brands.some((brand) => AVIF.has(brand))) {
    throw new StorageError(
      'NOT_AN_IMAGE',
      brands.some((brand) => /^(he|mif|msf)/.test(brand))
        ? 'The file is a HEIC image, which is not supported. Save it as JPEG and upload it again (on an iPhone: Settings, Camera, Formats, Most Compatible).'
        : 'The file is a video or another kind of media file. Upload a PNG, JPEG, WebP, TIFF, GIF or AVIF image.',
    );
  }
  checkSizes(file, 0, file.length, { left: MAX_BOXES });
  return { format: 'avif', decodable: bytes, isMended: false };
}

/** Checks every image size property (ispe) below a place. */
function checkSizes(file: Buffer, from: number, to: number, boxes: { left: number }): void {
  for (let at = from; at + 8 <= to;) {
    if (--boxes.left < 0) throw damaged('AVIF', `it has more than ${MAX_BOXES} boxes`);
    const type = file.toString('latin1', at + 4, at + 8);
    const announced = file.readUInt32BE(at);
    // 0: to the end of the file. 1: a 64-bit size, which only pixels have.
    const size =
      announced === 0 ? to - at : announced === 1 && at + 16 <= to ? Number(file.readBigUInt64BE(at + 8)) : announced;
    if (size < 8) throw damaged('AVIF', 'a box is too short');
    const end = Math.min(at + size, to);
    const skip = PARENTS[type];
    if (skip !== undefined) checkSizes(file, at + 8 + skip, end, boxes);
    else if (type === 'ispe' && at + 20 <= to) checkSides(file.readUInt32BE(at + 12), file.readUInt32BE(at + 16));
    at += size;
  }
}
