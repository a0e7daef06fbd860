import { createRequire } from 'node:module';
import { crc32, deflateSync } from 'node:zlib';
import { StorageError } from '../errors.js';
import { sharp } from '../sharp.js';
import { findColourProfile } from './containers/heif.js';

/** The part of libheif-js that is used: its types come generated and name none of these. */
interface HeifImage {
  is_primary(): boolean;
  get_width(): number;
  get_height(): number;
  /** Writes RGBA bytes into `target.data`; calls back with null where the image cannot be decoded. */
  display(
    target: { data: Uint8ClampedArray; width: number; height: number },
    done: (shown: { data: Uint8ClampedArray } | null) => void,
  ): void;
}
interface Libheif {
  readonly HeifDecoder: new () => { decode(bytes: Uint8Array): HeifImage[] };
}

/**
 * Decodes the primary image of a HEIC file to a PNG with the file's colour profile; rotations and mirrors are applied. Throws
 * `StorageError` NOT_AN_IMAGE or TOO_LARGE.
 */
export async function heicToPng(bytes: Uint8Array, maxPixels: number): Promise<Buffer> {
  // Two megabytes that only a HEIC needs.
  const libheif = createRequire(import.meta.url)('libheif-js/wasm-bundle.js') as Libheif;
  const images = new libheif.HeifDecoder().decode(bytes);
  const image = images.find((candidate) => candidate.is_primary()) ?? images[0];
  if (!image) throw unreadable();
  const [width, height] = [image.get_width(), image.get_height()];
  if (width * height > maxPixels) {
    const limit = maxPixels.toLocaleString('en');
    throw new StorageError('TOO_LARGE', `The image has more than ${limit} pixels. Upload a smaller one.`);
  }
  const target = { data: new Uint8ClampedArray(4 * width * height), width, height };
  const shown = await new Promise<{ data: Uint8ClampedArray } | null>((resolve) => image.display(target, resolve));
  if (!shown) throw unreadable();
  const png = await sharp(shown.data, { raw: { width, height, channels: 4 } })
    .png({ compressionLevel: 0 })
    .toBuffer();
  const profile = findColourProfile(bytes);
  return profile ? withProfile(png, profile) : png;
}

function unreadable(): StorageError {
  return new StorageError('NOT_AN_IMAGE', 'The HEIC image cannot be decoded. Save it as JPEG and upload it again.');
}

/** Puts an iCCP chunk behind the header (PNG Specification, third edition, 11.3.2.3). */
function withProfile(png: Buffer, profile: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from('iCCPprofile\0\0', 'latin1'), deflateSync(profile)]);
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(body.length - 4);
  body.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(body), body.length + 4);
  const header = 33;
  return Buffer.concat([png.subarray(0, header), chunk, png.subarray(header)]);
}
