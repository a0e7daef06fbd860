import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { denormalize, normalize } from '../../src/engine/index.js';
import { resample } from '../../src/engine/image/resample.js';
import { ImageService } from '../../src/images/image-service.js';
import type { Storage } from '../../src/storage/index.js';
import { photo } from '../storage/image-files.js';
import { addSession, LIMITS } from '../storage/support.js';
import { serveFixture } from '../support/server.js';
import { get, refusal } from './support.js';
import { LOCAL_VIEWER } from '../../src/core/viewer.js';
import type { RgbImage } from '../../src/core/pixels.js';

/** A session with a half-transparent green result. */
async function completedSession(storage: Storage) {
  const images = new ImageService(storage, LIMITS.maxBytes);
  const content = await images.upload(LOCAL_VIEWER, await photo(600, 400).png().toBuffer());
  const result = await images.upload(
    LOCAL_VIEWER,
    await sharp({ create: { width: 300, height: 200, channels: 4, background: { r: 0, g: 200, b: 100, alpha: 0.5 } } })
      .png()
      .toBuffer(),
  );
  const { id } = await addSession(storage, { contentImageId: content.id });
  await storage.sessions.transition(id, { from: ['QUEUED'] }, 'COMPLETED', { resultImageId: result.id });
  return { path: `/sessions/${id}/result`, content, result };
}

async function fetchImage(storage: Storage, url: string) {
  const response = await fetch(url);
  const bytes = Buffer.from(await response.arrayBuffer());
  expect(response.status).toBe(200);
  expect(response.headers.get('content-length')).toBe(String(bytes.length));
  const { format, width, height } = await sharp(bytes).metadata();
  expect(response.headers.get('content-type')).toBe(`image/${format}`);
  return {
    bytes,
    form: [format, width, height],
    pixels: await storage.codec.decode(bytes),
    etag: response.headers.get('etag')!,
  };
}

const greatestDifference = (a: RgbImage, b: RgbImage) =>
  a.data.reduce((most, value, i) => Math.max(most, Math.abs(value - b.data[i]!)), 0);

describe('GET /sessions/:id/result', () => {
  it('returns the stored result at full strength', async () => {
    const { url, storage } = await serveFixture();
    const { path, result } = await completedSession(storage);
    const stored = await storage.blobs.get(result.sha256);
    expect((await fetchImage(storage, url + path)).bytes).toEqual(stored);
    expect((await fetchImage(storage, `${url}${path}?strength=100`)).bytes).toEqual(stored);
    expect((await fetchImage(storage, `${url}${path}?size=128&format=webp`)).form).toEqual(['webp', 128, 85]);
  });

  it('blends the result with the content, resized as in the engine, and keeps the result’s alpha', async () => {
    const { url, storage } = await serveFixture();
    const { path, content, result } = await completedSession(storage);
    const decode = async (sha256: string) => await storage.codec.decode(await storage.blobs.get(sha256));
    const painted = await decode(result.sha256);
    const original = denormalize(resample(normalize(await decode(content.sha256)), 300, 200));
    for (const strength of [0, 25, 99]) {
      const { pixels, form } = await fetchImage(storage, `${url}${path}?strength=${strength}`);
      expect(form).toEqual(['png', 300, 200]);
      expect(pixels.alpha).toEqual(painted.alpha);
      const share = strength / 100;
      const data = original.data.map((value, i) => Math.round(share * painted.data[i]! + (1 - share) * value));
      expect(greatestDifference(pixels, { ...original, data })).toBeLessThanOrEqual(2);
    }
  });

  it('returns every format and size; each has its own ETag', async () => {
    const { url, storage } = await serveFixture();
    const { path } = await completedSession(storage);
    const etags = new Set<string>();
    for (const [query, form, transparent] of [
      ['strength=50&format=png', ['png', 300, 200], true],
      ['strength=50&format=webp', ['webp', 300, 200], true],
      ['strength=50&format=jpeg', ['jpeg', 300, 200], false],
      ['strength=50&size=128', ['png', 128, 85], true],
      ['strength=51&size=128', ['png', 128, 85], true],
    ] as const) {
      const served = await fetchImage(storage, `${url}${path}?${query}`);
      expect(served.form).toEqual(form);
      expect(served.pixels.alpha !== undefined).toBe(transparent);
      etags.add(served.etag);
      const again = await get(`${url}${path}?${query}`, { 'If-None-Match': served.etag });
      expect([again.status, again.body]).toEqual([304, '']);
      // A continuation replaces the result, so caches must revalidate.
      expect(again.headers['cache-control']).toBe('private, no-cache');
    }
    expect(etags.size).toBe(5);
  });

  it('refuses invalid parameters, and answers 404 without a result', async () => {
    const { url, storage } = await serveFixture();
    const { path } = await completedSession(storage);
    const refused = async (rest: string) => refusal(await fetch(url + rest));
    for (const strength of ['-1', '101', '50.5', 'half', '']) {
      expect(await refused(`${path}?strength=${strength}`)).toEqual([400, 'BAD_REQUEST', 'strength']);
    }
    expect(await refused(`${path}?size=100`)).toEqual([400, 'BAD_REQUEST', 'size']);
    expect(await refused(`${path}?format=gif`)).toEqual([400, 'BAD_REQUEST', 'format']);
    const { id } = await addSession(storage);
    expect(await refused(`/sessions/${id}/result`)).toEqual([404, 'NOT_FOUND', 'id']);
    expect(await refused('/sessions/ses_none/result')).toEqual([404, 'NOT_FOUND', 'id']);
  });
});
