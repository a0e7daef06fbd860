import { pipeline } from 'node:stream/promises';
import { Router } from 'express';
import { SERVED_SIZES, type ImageService } from '../sessions/image-service.js';
import { HttpError } from './errors.js';
import { oneOf } from './query.js';
import { findUpload } from './upload-body.js';

const FORMATS = ['png', 'jpeg', 'webp'] as const;

/** `POST /images` takes a picture in; `GET /images/:id?size=&format=` gives it out. */
export function imageRoutes(images: ImageService, maxUploadBytes: number): Router {
  const router = Router();

  router.post('/images', async (request, response) => {
    const { source, fileName } = await findUpload(request, maxUploadBytes);
    const { id, width, height } = await images.upload(source, fileName);
    const url = `/images/${id}`;
    response.status(201).location(url).json({ image: { id, width, height, url } });
  });

  router.get('/images/:id', async (request, response) => {
    const size = oneOf('size', request.query.size, SERVED_SIZES);
    const format = oneOf('format', request.query.format, FORMATS);
    const image = await images.find(request.params.id);
    if (!image) throw new HttpError(404, 'NOT_FOUND', `There is no image ${request.params.id}.`, 'id');

    response.set({
      // An id names the same bytes for ever; but whose they are is nobody else's business.
      'Cache-Control': 'private, max-age=31536000, immutable',
      ETag: `"${image.sha256}-${size ?? 'full'}-${format ?? image.format}"`,
    });
    if (request.fresh) {
      response.status(304).end();
      return;
    }
    const { mimeType, byteSize, body } = await images.serve(image, format, size);
    response.set({ 'Content-Type': mimeType, 'Content-Length': String(byteSize) });
    if (Buffer.isBuffer(body)) response.end(body);
    else await pipeline(body, response);
  });

  return router;
}
