import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';

/** A photo-like RGB picture: smooth, its left half reddish and its right half bluish, so that a turn is seen. */
export function photo(width: number, height: number) {
  const data = Buffer.alloc(width * height * 3);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += 3) {
      const right = x >= width / 2;
      data[i] = right ? 40 : 200;
      data[i + 1] = Math.round((y / height) * 100);
      data[i + 2] = right ? 200 : 40;
    }
  }
  return sharp(data, { raw: { width, height, channels: 3 } });
}

/** A valid PNG of one colour that is tiny as bytes and huge as pixels (8-bit grey). */
export function hugePng(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc((width + 1) * height))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

export const SVG = Buffer.from(
  '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><rect width="64" height="64" fill="red"/></svg>',
);
