import { Router } from 'express';
import { principalOf } from '../auth/principal.js';
import type { UrlSigner } from '../auth/url-signer.js';
import { SERVED_SIZES, type ImageService } from '../images/image-service.js';
import { HttpError } from './errors.js';
import { oneOf } from './query.js';
import { FORMATS, sendImage } from './send-image.js';
import { findUpload } from './upload-body.js';

/** `POST /images` takes a picture in; `GET /images/:id?size=&format=` gives it out. */
export function imageRoutes(images: ImageService, maxUploadBytes: number, urls: UrlSigner): Router {
  const router = Router();

  router.post('/images', async (request, response) => {
    const { id, ownerId, width, height } = await images.admit(async () => {
      const { source, fileName } = await findUpload(request, maxUploadBytes);
      return await images.upload(principalOf(request), source, fileName);
    });
    const url = urls.sign(`/images/${id}`, ownerId);
    response.status(201).location(url).json({ image: { id, width, height, url } });
  });

  router.get('/images/:id', async (request, response) => {
    const size = oneOf('size', request.query.size, SERVED_SIZES);
    const format = oneOf('format', request.query.format, FORMATS);
    const image = await images.find(principalOf(request), request.params.id);
    if (!image) throw new HttpError(404, 'NOT_FOUND', `There is no image ${request.params.id}.`, 'id');
    const etag = `${image.sha256}-${size ?? 'full'}-${format ?? image.format}`;
    await sendImage(request, response, etag, () => images.serve(image, format, size));
  });

  return router;
}
