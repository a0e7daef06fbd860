import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it, onTestFinished } from 'vitest';
import { UploadDecoder, type DecoderOptions } from '../../src/storage/upload/decoder.js';
import { temporaryFolder } from './support.js';

const LIMITS = { maxBytes: 20 * 2 ** 20, maxPixels: 40_000_000 };
const MAIN = {
  script: fileURLToPath(new URL('../../src/storage/upload/decoder-main.ts', import.meta.url)),
  execArgv: ['--import', createRequire(import.meta.url).resolve('tsx')],
};

function openDecoder(options: Partial<DecoderOptions> = {}): UploadDecoder {
  const decoder = new UploadDecoder({ limits: LIMITS, entry: MAIN, ...options });
  onTestFinished(() => decoder.close());
  return decoder;
}

/** A child that does something else than decode. */
async function scriptOf(source: string): Promise<DecoderOptions['entry']> {
  const script = path.join(await temporaryFolder(), 'child.mjs');
  await writeFile(script, source);
  return { script, execArgv: [] };
}

const photo = await sharp({ create: { width: 64, height: 48, channels: 3, background: '#c83232' } })
  .jpeg()
  .toBuffer();

describe('UploadDecoder', () => {
  it('checks many uploads with few processes', async () => {
    const decoder = openDecoder();
    const checked = await Promise.all(Array.from({ length: 12 }, () => decoder.check(photo)));
    for (const { width, height, format } of checked) expect([width, height, format]).toEqual([64, 48, 'jpeg']);
  });

  it('refuses what is no image, and goes on', async () => {
    const decoder = openDecoder({ processes: 1 });
    await expect(decoder.check(Buffer.from('<svg/>'))).rejects.toMatchObject({ code: 'NOT_AN_IMAGE' });
    await expect(decoder.check(photo)).resolves.toMatchObject({ width: 64 });
  });

  it('does not inflate text chunks, which could take gigabytes', async () => {
    const text = deflateSync(Buffer.alloc(7_900_000));
    const chunk = Buffer.concat([Buffer.alloc(4), Buffer.from('zTXta\0\0', 'latin1'), text, Buffer.alloc(4)]);
    chunk.writeUInt32BE(text.length + 3);
    const png = await sharp(photo).png().toBuffer();
    const bomb = Buffer.concat([png.subarray(0, 33), ...Array<Buffer>(60).fill(chunk), png.subarray(33)]);
    const { bytes } = await openDecoder({ maxMemory: 400 * 2 ** 20 }).check(bomb);
    expect(bytes.length).toBeLessThanOrEqual(png.length);
  });

  it('ends a process that takes too long, and the next upload gets another', async () => {
    const hanging = await scriptOf('process.on("message", () => { for (;;); });');
    await expect(openDecoder({ entry: hanging, timeoutMs: 300 }).check(photo)).rejects.toMatchObject({
      code: 'TOO_LARGE',
    });
  });

  it('ends a process that takes too much memory', async () => {
    const large = sharp({ create: { width: 6000, height: 6000, channels: 3, background: '#c83232' } });
    const decoder = openDecoder({ maxMemory: 1 });
    await expect(decoder.check(await large.png({ compressionLevel: 1 }).toBuffer())).rejects.toMatchObject({
      code: 'TOO_LARGE',
    });
  });

  it('survives a decoder that crashes', async () => {
    const crashing = await scriptOf('process.on("message", () => process.kill(process.pid, "SIGSEGV"));');
    const decoder = openDecoder({ entry: crashing, processes: 1 });
    await expect(decoder.check(photo)).rejects.toMatchObject({ code: 'NOT_AN_IMAGE' });
    await expect(decoder.check(photo)).rejects.toMatchObject({ code: 'NOT_AN_IMAGE' });
  });
});
