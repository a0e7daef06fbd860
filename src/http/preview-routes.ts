import { Router } from 'express';
import { principalOf } from '../auth/principal.js';
import { SERVED_SIZES } from '../images/image-service.js';
import type { Viewer } from '../core/viewer.js';
import { HttpError } from './errors.js';
import { integer, oneOf } from './query.js';

const DEFAULT_SIZE = 2048;

export interface FoundPreview {
  readonly bytes: Uint8Array;
  readonly mimeType: string;
  /** False where the one asked for is gone and this is the newest instead. */
  readonly exact: boolean;
}

/** Looks for the preview of a session's step record, its long side at most `maxSide` pixels. */
export type FindPreview = (
  viewer: Viewer,
  sessionId: string,
  seq: number,
  maxSide: number,
) => Promise<FoundPreview | null>;

/** `GET /sessions/:id/previews/:seq?size=`: the picture that a progress event names. */
export function previewRoutes(findPreview: FindPreview): Router {
  const router = Router();

  router.get('/sessions/:id/previews/:seq', async (request, response) => {
    const { id } = request.params;
    const seq = integer('seq', request.params.seq, 0, Number.MAX_SAFE_INTEGER);
    const maxSide = oneOf('size', request.query.size, SERVED_SIZES) ?? DEFAULT_SIZE;
    const preview = await findPreview(principalOf(request), id, seq, maxSide);
    if (!preview) throw new HttpError(404, 'NOT_FOUND', `There is no preview ${seq} of the session ${id}.`);
    response.set({
      'Content-Type': preview.mimeType,
      'Cache-Control': preview.exact ? 'private, max-age=31536000, immutable' : 'no-store',
    });
    response.end(preview.bytes);
  });

  return router;
}
