import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import type { ServedImage } from '../images/image-service.js';

export const FORMATS = ['png', 'jpeg', 'webp'] as const;

/** The path names the same bytes for ever; but whose they are is nobody else's business. */
const UNCHANGING = 'private, max-age=31536000, immutable';
/** A copy may be kept, but has to be asked for again. */
export const CHANGING = 'private, no-cache';

/** Sends a picture, or says that the client's copy is still good; only then is it not made. */
export async function sendImage(
  request: Request,
  response: Response,
  etag: string,
  serve: () => Promise<ServedImage>,
  cacheControl = UNCHANGING,
): Promise<void> {
  response.set({ 'Cache-Control': cacheControl, ETag: `"${etag}"` });
  if (request.fresh) {
    response.status(304).end();
    return;
  }
  const { mimeType, byteSize, body } = await serve();
  response.set({ 'Content-Type': mimeType, 'Content-Length': String(byteSize) });
  if (Buffer.isBuffer(body)) response.end(body);
  else await pipeline(body, response);
}
