import { Router } from 'express';
import { principalOf } from '../auth/principal.js';
import { SERVED_SIZES } from '../images/image-service.js';
import type { TimelapseService } from '../images/timelapse-service.js';
import { HttpError } from './errors.js';
import { integer, oneOf } from './query.js';
import { CHANGING, sendImage } from './send-image.js';

/**
 * `GET /sessions/:id/timelapse/:seq?size=`: one of the pictures kept of a run. `GET /sessions/:id/timelapse.webp`: all of
 * them as an animation, which changes as long as the session runs.
 */
export function timelapseRoutes(timelapses: TimelapseService): Router {
  const router = Router();

  router.get('/sessions/:id/timelapse/:seq', async (request, response) => {
    const { id } = request.params;
    const seq = integer('seq', request.params.seq, 0, Number.MAX_SAFE_INTEGER);
    const size = oneOf('size', request.query.size, SERVED_SIZES);
    const frame = await timelapses.find(principalOf(request), id, seq);
    if (!frame) throw new HttpError(404, 'NOT_FOUND', `There is no frame ${seq} of the session ${id}.`, 'seq');
    const etag = `${frame.sha256}-${size ?? 'full'}`;
    await sendImage(request, response, etag, () => timelapses.serve(frame, size));
  });

  router.get('/sessions/:id/timelapse.webp', async (request, response) => {
    const { id } = request.params;
    const animation = await timelapses.animation(principalOf(request), id);
    if (!animation) throw new HttpError(404, 'NOT_FOUND', `There is no animation of a session ${id}.`, 'id');
    await sendImage(request, response, animation.etag, () => animation.serve(), CHANGING);
  });

  return router;
}
