import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import type { ServedPicture } from '../sessions/image-service.js';

export const FORMATS = ['png', 'jpeg', 'webp'] as const;

/** Sends a picture that never changes, or says that the client's copy is still good; only then is it not made. */
export async function sendPicture(
  request: Request,
  response: Response,
  etag: string,
  serve: () => Promise<ServedPicture>,
): Promise<void> {
  response.set({
    // The path names the same bytes for ever; but whose they are is nobody else's business.
    'Cache-Control': 'private, max-age=31536000, immutable',
    ETag: `"${etag}"`,
  });
  if (request.fresh) {
    response.status(304).end();
    return;
  }
  const { mimeType, byteSize, body } = await serve();
  response.set({ 'Content-Type': mimeType, 'Content-Length': String(byteSize) });
  if (Buffer.isBuffer(body)) response.end(body);
  else await pipeline(body, response);
}
