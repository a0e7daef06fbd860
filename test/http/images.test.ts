import { createHash, randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { hugePng, photo, SVG } from '../storage/image-files.js';
import { LIMITS } from '../storage/support.js';
import { serveFixture } from '../support/server.js';
import { get, refusal } from './support.js';

interface UploadAnswer {
  image: { id: string; width: number; height: number; url: string };
}

const post = (url: string, body: BodyInit, type?: string, query = '') =>
  fetch(`${url}/images${query}`, { method: 'POST', body, ...(type && { headers: { 'Content-Type': type } }) });

async function upload(url: string, body: BodyInit, type?: string, query?: string) {
  const response = await post(url, body, type, query);
  expect(response.status).toBe(201);
  const { image } = (await response.json()) as UploadAnswer;
  expect(response.headers.get('location')).toBe(image.url);
  return image;
}

describe('POST /images', () => {
  it('stores a raw body', async () => {
    const { url, storage } = await serveFixture();
    const bytes = await photo(60, 40).jpeg().toBuffer();
    const image = await upload(url, bytes, 'image/jpeg', '?fileName=..%2Fa%20tree.jpg');
    expect(image).toEqual({ id: image.id, width: 60, height: 40, url: `/images/${image.id}` });
    expect(await storage.images.find(image.id)).toMatchObject({
      sha256: createHash('sha256').update(bytes).digest('hex'),
      format: 'jpeg',
      byteSize: bytes.length,
      fileName: 'a tree.jpg',
    });
  });

  it('stores the field `file` of a form', async () => {
    const { url, storage } = await serveFixture();
    const form = new FormData();
    form.set('note', 'ignored');
    form.set('file', new Blob([await photo(60, 40).png().toBuffer()], { type: 'image/png' }), 'tree.png');
    const image = await upload(url, form);
    expect(await storage.images.find(image.id)).toMatchObject({ format: 'png', fileName: 'tree.png' });
  });

  it('detects the format from the bytes, not from the Content-Type', async () => {
    const { url, storage } = await serveFixture();
    const image = await upload(url, await photo(60, 40).png().toBuffer(), 'image/jpeg');
    expect((await storage.images.find(image.id))?.format).toBe('png');
    expect(await refusal(await post(url, SVG, 'image/png'))).toEqual([415, 'NOT_AN_IMAGE', null]);
  });

  it('returns the same id for the same image', async () => {
    const { url } = await serveFixture();
    const bytes = await photo(60, 40)
      .withExif({ IFD0: { Artist: 'somebody' } })
      .jpeg()
      .toBuffer();
    const images = await Promise.all(Array.from({ length: 5 }, () => upload(url, bytes, 'image/jpeg')));
    expect(new Set(images.map((image) => image.id)).size).toBe(1);
  });

  it('refuses invalid uploads with a code', async () => {
    const { url } = await serveFixture();
    const empty = new FormData();
    empty.set('file', 'not a file');
    const tiny = await photo(8, 8).png().toBuffer();
    expect(await refusal(await post(url, '{}', 'application/json'))).toEqual([
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      'content-type',
    ]);
    expect(await refusal(await post(url, empty))).toEqual([400, 'BAD_REQUEST', 'file']);
    expect(await refusal(await post(url, 'junk', 'multipart/form-data; boundary=x'))).toEqual([
      400,
      'BAD_REQUEST',
      null,
    ]);
    expect(await refusal(await post(url, '', 'image/png'))).toEqual([415, 'NOT_AN_IMAGE', null]);
    expect(await refusal(await post(url, tiny, 'image/png'))).toEqual([422, 'TOO_SMALL', null]);
    expect(await refusal(await post(url, new Uint8Array(hugePng(3000, 3000)), 'image/png'))).toEqual([
      413,
      'TOO_LARGE',
      null,
    ]);
  });

  it('refuses too many bytes, announced, streamed or in a form, and serves further requests', async () => {
    const { url } = await serveFixture();
    const bytes = randomBytes(LIMITS.maxBytes * 3);
    expect(await refusal(await post(url, bytes, 'image/png'))).toEqual([413, 'TOO_LARGE', null]);

    const form = new FormData();
    form.set('file', new Blob([bytes]));
    expect(await refusal(await post(url, form))).toEqual([413, 'TOO_LARGE', null]);

    const chunks = new ReadableStream({
      start(controller) {
        for (let offset = 0; offset < bytes.length; offset += 65_536)
          controller.enqueue(bytes.subarray(offset, offset + 65_536));
        controller.close();
      },
    });
    const streamed = await fetch(`${url}/images`, {
      method: 'POST',
      body: chunks,
      headers: { 'Content-Type': 'image/png' },
      duplex: 'half',
    } as RequestInit);
    expect(await refusal(streamed)).toEqual([413, 'TOO_LARGE', null]);
    expect((await fetch(`${url}/livez`)).status).toBe(200);
  });

  it('survives a client that disconnects during an upload', async () => {
    const { url, storage } = await serveFixture();
    const request = httpRequest(`${url}/images`, {
      method: 'POST',
      headers: { 'Content-Type': 'image/png', 'Content-Length': '100000' },
    });
    request.on('error', () => undefined);
    await new Promise((resolve) => request.write(randomBytes(10_000), resolve));
    const closed = new Promise((resolve) => request.on('close', resolve));
    request.destroy();
    await closed;
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    expect(await storage.sessions.count()).toBe(0);
  });
});

describe('GET /images/:id', () => {
  it('returns the stored bytes with an immutable cache policy', async () => {
    const { url } = await serveFixture();
    const bytes = await photo(600, 400).png().toBuffer();
    const image = await upload(url, bytes, 'image/png');
    const response = await fetch(url + image.url);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(bytes);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'image/png',
      'content-length': String(bytes.length),
      'cache-control': 'private, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
    });
    const etag = response.headers.get('etag')!;
    const again = await get(url + image.url, { 'If-None-Match': etag });
    expect([again.status, again.body]).toEqual([304, '']);
  });

  it('resizes and converts; each variant has its own ETag', async () => {
    const { url } = await serveFixture();
    const image = await upload(url, await photo(600, 400).png().toBuffer(), 'image/png');
    const etags = new Set<string>();
    const fetchSize = async (query: string) => {
      const response = await fetch(`${url}${image.url}?${query}`);
      etags.add(response.headers.get('etag')!);
      const bytes = Buffer.from(await response.arrayBuffer());
      expect(response.headers.get('content-length')).toBe(String(bytes.length));
      const { width, height, format } = await sharp(bytes).metadata();
      expect(response.headers.get('content-type')).toBe(`image/${format}`);
      return [width, height, format];
    };
    expect(await fetchSize('size=128')).toEqual([128, 85, 'png']);
    expect(await fetchSize('size=256&format=webp')).toEqual([256, 171, 'webp']);
    expect(await fetchSize('format=jpeg')).toEqual([600, 400, 'jpeg']);
    expect(await fetchSize('size=2048')).toEqual([600, 400, 'png']);
    expect(etags.size).toBe(4);
  });

  it('refuses other sizes and formats, and answers 404 for an unknown id', async () => {
    const { url } = await serveFixture();
    const image = await upload(url, await photo(60, 40).png().toBuffer(), 'image/png');
    const get = async (path: string) => refusal(await fetch(url + path));
    expect(await get(`${image.url}?size=100`)).toEqual([400, 'BAD_REQUEST', 'size']);
    expect(await get(`${image.url}?size=128&size=256`)).toEqual([400, 'BAD_REQUEST', 'size']);
    expect(await get(`${image.url}?format=svg`)).toEqual([400, 'BAD_REQUEST', 'format']);
    expect(await get('/images/img_unknown')).toEqual([404, 'NOT_FOUND', 'id']);
    expect(await get('/images/%E0%A4%A')).toEqual([400, 'BAD_REQUEST', null]);
  });
});
