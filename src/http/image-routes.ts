import { pipeline } from 'node:stream/promises';
import { Router, type Request, type Response } from 'express';
import { viewerOf } from '../auth/authenticator.js';
import type { UrlSigner } from '../auth/url-signer.js';
import type { Viewer } from '../core/viewer.js';
import { SERVED_SIZES, type FoundPreview, type ImageService, type ServedImage } from '../images/image-service.js';
import { FULL_STRENGTH, type ResultService } from '../images/result-service.js';
import type { TimelapseService } from '../images/timelapse-service.js';
import { HttpError } from './errors.js';
import { withSteadyBody } from './steady-body.js';
import { findUpload } from './upload-body.js';

const FORMATS = ['png', 'jpeg', 'webp'] as const;
const DEFAULT_PREVIEW_SIZE = 2048;

/** The URL always names the same bytes. Shared caches must not store them: they belong to one owner. */
const IMMUTABLE = 'private, max-age=31536000, immutable';
/** The bytes may change: caches must revalidate their copy. */
const REVALIDATE = 'private, no-cache';

/** `POST /images` stores an image; `GET /images/:id?size=&format=` returns it. */
export function imageRoutes(images: ImageService, maxUploadBytes: number, urls: UrlSigner): Router {
  const router = Router();

  router.post('/images', async (request, response) => {
    const { id, ownerId, width, height } = await images.admit(() =>
      withSteadyBody(request, async () => {
        const { source, fileName } = await findUpload(request, maxUploadBytes);
        return await images.upload(viewerOf(request), source, fileName);
      }),
    );
    const url = urls.sign(`/images/${id}`, ownerId);
    response.status(201).location(url).json({ image: { id, width, height, url } });
  });

  router.get('/images/:id', async (request, response) => {
    const size = oneOf('size', request.query.size, SERVED_SIZES);
    const format = oneOf('format', request.query.format, FORMATS);
    const image = await images.find(viewerOf(request), request.params.id);
    if (!image) throw notFound(`There is no image ${request.params.id}. Upload one with POST /images.`, 'id');
    const etag = `${image.sha256}-${size ?? 'full'}-${format ?? image.format}`;
    await sendImage(request, response, etag, () => images.serve(image, format, size));
  });

  return router;
}

/** Finds the preview of a session's step record, with a long side of at most `maxSide` pixels. */
export type FindPreview = (
  viewer: Viewer,
  sessionId: string,
  seq: number,
  maxSide: number,
) => Promise<FoundPreview | null>;

/** `GET /sessions/:id/previews/:seq?size=`: the preview that a progress event names. */
export function previewRoutes(findPreview: FindPreview): Router {
  return Router().get('/sessions/:id/previews/:seq', async (request, response) => {
    const { id } = request.params;
    const seq = integer('seq', request.params.seq, 0, Number.MAX_SAFE_INTEGER);
    const maxSide = oneOf('size', request.query.size, SERVED_SIZES) ?? DEFAULT_PREVIEW_SIZE;
    const preview = await findPreview(viewerOf(request), id, seq, maxSide);
    if (!preview) throw notFound(`There is no preview ${seq} of the session ${id}. Subscribe to sessionProgress.`);
    response.set({
      'Content-Type': preview.mimeType,
      'Cache-Control': preview.exact ? IMMUTABLE : 'no-store',
    });
    response.end(preview.bytes);
  });
}

/** `GET /sessions/:id/result?size=&format=&strength=`: a session's result, blended with its content image. */
export function resultRoutes(results: ResultService): Router {
  return Router().get('/sessions/:id/result', async (request, response) => {
    const { id } = request.params;
    const { query } = request;
    const size = oneOf('size', query.size, SERVED_SIZES);
    const format = oneOf('format', query.format, FORMATS);
    const strength =
      query.strength === undefined ? FULL_STRENGTH : integer('strength', query.strength, 0, FULL_STRENGTH);
    const found = await results.find(viewerOf(request), id);
    if (!found) throw notFound(`The session ${id} has no result. Wait until its status is COMPLETED.`, 'id');
    const { result, content } = found;
    const etag = `${result.sha256}-${content.sha256}-${size ?? 'full'}-${format ?? result.format}-${strength}`;
    // A continuation replaces the result.
    await sendImage(request, response, etag, () => results.serve(found, { size, format, strength }), REVALIDATE);
  });
}

/**
 * `GET /sessions/:id/timelapse/:seq?size=`: one frame of a run's timelapse. `GET /sessions/:id/timelapse.webp`: all frames
 * as an animation, which changes while the session runs.
 */
export function timelapseRoutes(timelapses: TimelapseService): Router {
  const router = Router();

  router.get('/sessions/:id/timelapse/:seq', async (request, response) => {
    const { id } = request.params;
    const seq = integer('seq', request.params.seq, 0, Number.MAX_SAFE_INTEGER);
    const size = oneOf('size', request.query.size, SERVED_SIZES);
    const frame = await timelapses.find(viewerOf(request), id, seq);
    if (!frame)
      throw notFound(`The session ${id} has no timelapse frame ${seq}. List Session.timelapse.frames.`, 'seq');
    const etag = `${frame.sha256}-${size ?? 'full'}`;
    await sendImage(request, response, etag, () => timelapses.serve(frame, size));
  });

  router.get('/sessions/:id/timelapse.webp', async (request, response) => {
    const { id } = request.params;
    const animation = await timelapses.animation(viewerOf(request), id);
    if (!animation) {
      throw notFound(`The session ${id} has no animation. Wait until its timelapse has two frames.`, 'id');
    }
    await sendImage(request, response, animation.etag, () => animation.serve(), REVALIDATE);
  });

  return router;
}

/** Sends an image, or 304 if the client's copy is current; `serve` encodes the image and runs only if needed. */
async function sendImage(
  request: Request,
  response: Response,
  etag: string,
  serve: () => Promise<ServedImage>,
  cacheControl = IMMUTABLE,
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

function notFound(message: string, field?: string): HttpError {
  return new HttpError(404, 'NOT_FOUND', message, field);
}

/** A query parameter that has one of a few values; undefined if it is omitted. Throws BAD_REQUEST. */
function oneOf<T extends string | number>(name: string, given: unknown, allowed: readonly T[]): T | undefined {
  if (given === undefined) return undefined;
  const found = allowed.find((value) => String(value) === given);
  if (found !== undefined) return found;
  throw new HttpError(400, 'BAD_REQUEST', `\`${name}\` must be one of ${allowed.join(', ')}.`, name);
}

/** A whole number in a path or a query. Throws BAD_REQUEST. */
function integer(name: string, given: unknown, min: number, max: number): number {
  const value = Number(given);
  if (typeof given !== 'string' || !/^\d+$/.test(given) || value < min || value > max) {
    throw new HttpError(400, 'BAD_REQUEST', `\`${name}\` must be a whole number from ${min} to ${max}.`, name);
  }
  return value;
}
