/** Hostile and damaged image files: each is refused, or stored, with a typed answer, and the server stays small and quick. */
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { Client, random } from './client.js';
import type { Report } from './report.js';
import { removeFolder, ServerProcess, temporaryFolder } from './server.js';

const FAULT = 'hostile images';
const MEMORY_RISE = 500 * 2 ** 20;

export async function images(report: Report, minutes: number): Promise<void> {
  const dataDir = await temporaryFolder();
  const server = await ServerProcess.start(dataDir);
  const client = new Client(server.url);
  const before = await server.memory();
  const end = performance.now() + minutes * 60_000;
  const corpus = await bombs();
  for (let round = 0; round < corpus.length || performance.now() < end; round += 1) {
    const [what, bytes] = corpus[round] ?? (await mutation());
    report.tried(FAULT);
    const asked = performance.now();
    const answer = client.upload(bytes);
    // While it is looked at, others are answered at once.
    const others = client.ask('{ __typename }').then(() => performance.now() - asked);
    const { status, code } = await answer;
    report.expect(
      FAULT,
      status === 201 || (status >= 400 && status < 500 && code !== null),
      `${what}: ${status} ${code}`,
    );
    report.expect(FAULT, (await others) < 1000, `${what}: another client waited ${Math.round(await others)} ms`);
  }
  const rise = (await server.memory()) - before;
  report.expect(FAULT, rise < MEMORY_RISE, `memory rose by ${Math.round(rise / 2 ** 20)} MB`);
  report.expect(FAULT, (await server.end()) === 0, 'the server did not end in order');
  await removeFolder(dataDir);
}

const small = sharp({ create: { width: 64, height: 48, channels: 3, background: '#c83232' } });
const seeds = {
  png: await small.clone().png().toBuffer(),
  jpeg: await small.clone().jpeg().toBuffer(),
  progressive: await small.clone().jpeg({ progressive: true }).toBuffer(),
  webp: await small.clone().webp().toBuffer(),
  gif: await small.clone().gif().toBuffer(),
  tiff: await small.clone().tiff().toBuffer(),
  avif: await small.clone().avif({ effort: 0 }).toBuffer(),
};

/** Files that are small and cost much. */
async function bombs(): Promise<[string, Buffer][]> {
  const { png, progressive, gif } = seeds;
  const text = deflateSync(Buffer.alloc(7_900_000));
  const zTXt = chunk('zTXt', Buffer.concat([Buffer.from('a\0\0', 'latin1'), text]));
  const scans = progressive.subarray(progressive.indexOf(Buffer.from([0xff, 0xda])), -2);
  const frame = gif.subarray(gif.indexOf(0x2c, 13 + 768), -1);
  const solid = (width: number, height: number) =>
    sharp({ create: { width, height, channels: 3, background: '#000000' }, limitInputPixels: false })
      .png()
      .toBuffer();
  return [
    ['60 compressed texts', Buffer.concat([png.subarray(0, 33), ...Array<Buffer>(60).fill(zTXt), png.subarray(33)])],
    [
      '5,000 scans',
      Buffer.concat([progressive.subarray(0, -2), ...Array<Buffer>(1000).fill(scans), progressive.subarray(-2)]),
    ],
    ['500,000 frames', Buffer.concat([gif.subarray(0, -1), ...Array<Buffer>(20_000).fill(frame), gif.subarray(-1)])],
    ['2,500,000 x 16', withSides(png, 2_500_000, 16)],
    ['60,000 x 60,000', withSides(png, 60_000, 60_000)],
    ['39 megapixels', await solid(6000, 6500)],
    ['41 megapixels', await solid(6000, 6834)],
    [
      '20,000 chunks',
      Buffer.concat([
        png.subarray(0, 33),
        ...Array<Buffer>(20_000).fill(chunk('prVt', Buffer.alloc(8))),
        png.subarray(33),
      ]),
    ],
    [
      'a colour profile of zeros',
      Buffer.concat([
        png.subarray(0, 33),
        chunk('iCCP', Buffer.concat([Buffer.from('a\0\0', 'latin1'), text])),
        png.subarray(33),
      ]),
    ],
    [
      'an SVG',
      Buffer.from(
        '<svg xmlns="http://www.w3.org/2000/svg" width="9999" height="9999"><rect width="1" height="1"/></svg>',
      ),
    ],
    ['a PDF', Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>')],
    ['nothing', Buffer.alloc(0)],
  ];
}

/** A seed of which some bytes are changed, and which may be cut off. */
function mutation(): Promise<[string, Buffer]> {
  const [name, seed] = Object.entries(seeds)[random(0, Object.keys(seeds).length - 1)]!;
  const bytes = Buffer.from(Math.random() < 0.3 ? seed.subarray(0, random(1, seed.length)) : seed);
  const changes = Array.from({ length: random(1, 6) }, () => [random(0, bytes.length - 1), random(0, 255)] as const);
  for (const [at, value] of changes) bytes[at] = value;
  return Promise.resolve([`${name} of ${bytes.length} bytes with ${JSON.stringify(changes)}`, bytes]);
}

function chunk(type: string, data: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(data.length);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, data, Buffer.alloc(4)]);
}

function withSides(png: Buffer, width: number, height: number): Buffer {
  const bytes = Buffer.from(png);
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return bytes;
}
