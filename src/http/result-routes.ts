import { Router } from 'express';
import { principalOf } from '../auth/principal.js';
import { SERVED_SIZES } from '../images/image-service.js';
import { FULL_STRENGTH, type ResultService } from '../images/result-service.js';
import { HttpError } from './errors.js';
import { integer, oneOf } from './query.js';
import { CHANGING, FORMATS, sendImage } from './send-image.js';

/** `GET /sessions/:id/result?size=&format=&strength=`: a session's result, blended with its content. */
export function resultRoutes(results: ResultService): Router {
  const router = Router();

  router.get('/sessions/:id/result', async (request, response) => {
    const { id } = request.params;
    const { query } = request;
    const size = oneOf('size', query.size, SERVED_SIZES);
    const format = oneOf('format', query.format, FORMATS);
    const strength =
      query.strength === undefined ? FULL_STRENGTH : integer('strength', query.strength, 0, FULL_STRENGTH);
    const found = await results.find(principalOf(request), id);
    if (!found) throw new HttpError(404, 'NOT_FOUND', `There is no result of a session ${id}.`, 'id');
    const { result, content } = found;
    const etag = `${result.sha256}-${content.sha256}-${size ?? 'full'}-${format ?? result.format}-${strength}`;
    // A session that is continued has another result in the end.
    await sendImage(request, response, etag, () => results.serve(found, { size, format, strength }), CHANGING);
  });

  return router;
}
