import { bufferOf, checkSides, damaged, tooMuch, type Container } from './container.js';

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
/** Progressive encoders write 10 scans; each scan costs a pass over the whole image. */
const MAX_SCANS = 100;
const MAX_SEGMENTS = 10_000;

/** Reads a JPEG (ITU-T T.81, annex B): keeps tables, frames, scans and the colour transform, drops what follows EOI. */
export function readJpeg(bytes: Uint8Array): Container {
  const file = bufferOf(bytes);
  const start = file.subarray(0, 2);
  const decodable: Buffer[] = [start];
  const pixelsOnly: Buffer[] = [start];
  let scans = 0;
  let segments = 0;
  let isMended = true;
  for (let at = 2; at < file.length;) {
    // Fill bytes may stand before any marker.
    while (file[at] === 0xff && file[at + 1] === 0xff) at += 1;
    if (at + 1 >= file.length) break;
    if (file[at] !== 0xff) throw damaged('JPEG', 'a marker is missing');
    const marker = file[at + 1]!;
    if (marker === EOI) {
      isMended = false;
      break;
    }
    if (marker === SOI || isStandalone(marker)) {
      at += 2;
      continue;
    }
    if (++segments > MAX_SEGMENTS)
      throw tooMuch(`The JPEG has more than ${MAX_SEGMENTS} segments. Save the image again.`);
    if (at + 4 > file.length) break;
    let end = at + 2 + file.readUInt16BE(at + 2);
    if (end > file.length) throw damaged('JPEG', 'a segment is cut off');
    if (isFrame(marker)) checkSides(file.readUInt16BE(at + 7), file.readUInt16BE(at + 5));
    if (marker === SOS) {
      if (++scans > MAX_SCANS) {
        throw tooMuch(`The JPEG has more than ${MAX_SCANS} scans. Save the image again as an ordinary JPEG.`);
      }
      end = endOfScan(file, end);
    }
    const segment = file.subarray(at, end);
    if (isPixels(marker, segment)) pixelsOnly.push(segment);
    if (isPixels(marker, segment) || isForDecoder(marker, segment)) decodable.push(segment);
    at = end;
  }
  if (scans === 0) throw damaged('JPEG', 'it has no pixels');
  const end = Buffer.from([0xff, EOI]);
  return {
    format: 'jpeg',
    decodable: Buffer.concat([...decodable, end]),
    pixelsOnly: Buffer.concat([...pixelsOnly, end]),
    isMended,
  };
}

/** The place of the first marker behind a scan's entropy-coded bytes; stuffed zeros and restart markers are part of them. */
function endOfScan(file: Buffer, from: number): number {
  for (let at = from; ; at += 1) {
    at = file.indexOf(0xff, at);
    if (at < 0 || at + 1 >= file.length) return file.length;
    const next = file[at + 1]!;
    if (next !== 0x00 && next !== 0xff && !isStandalone(next)) return at;
  }
}

/** RST0 to RST7 and TEM have no length. */
function isStandalone(marker: number): boolean {
  return (marker >= 0xd0 && marker <= 0xd7) || marker === 0x01;
}

/** SOF0 to SOF15, which are the frame headers, without DHT, JPG and DAC in between. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

function isPixels(marker: number, segment: Buffer): boolean {
  // DHT, DAC and the frames; SOS, DQT, DNL, DRI; the plain JFIF header; Adobe's colour transform.
  if ((marker >= 0xc0 && marker <= 0xcf) || (marker >= SOS && marker <= 0xdd)) return true;
  // A JFIF header may carry a thumbnail: 16 bytes have none.
  if (marker === 0xe0) return begins(segment, 'JFIF\0') && segment.length === 18;
  return marker === 0xee && begins(segment, 'Adobe') && segment.length === 16;
}

/** Colour profile and orientation. */
function isForDecoder(marker: number, segment: Buffer): boolean {
  return (marker === 0xe2 && begins(segment, 'ICC_PROFILE\0')) || (marker === 0xe1 && begins(segment, 'Exif\0\0'));
}

function begins(segment: Buffer, name: string): boolean {
  return segment.toString('latin1', 4, 4 + name.length) === name;
}
