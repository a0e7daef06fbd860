import type { Request } from 'express';
import { tooManyBytes } from '../storage/index.js';
import { HttpError } from './errors.js';

/** What multipart/form-data may add to the file: boundaries, headers, small fields. */
const MULTIPART_OVERHEAD = 64 * 1024;

export interface Upload {
  readonly source: Uint8Array | AsyncIterable<Uint8Array>;
  readonly fileName: string | undefined;
}

/**
 * Finds the picture in a request: the body itself (`image/*` or `application/octet-stream`, its name in the query
 * `fileName`), or the form field `file` of multipart/form-data. A body that announces too many bytes is refused unread.
 */
export async function findUpload(request: Request, maxBytes: number): Promise<Upload> {
  const isForm = request.is('multipart/form-data');
  const limit = isForm ? maxBytes + MULTIPART_OVERHEAD : maxBytes;
  if (Number(request.headers['content-length']) > limit) throw tooManyBytes(maxBytes);
  if (isForm) return await readForm(request, limit, maxBytes);
  if (request.is(['image/*', 'application/octet-stream'])) {
    const { fileName } = request.query;
    return { source: body(request), fileName: typeof fileName === 'string' ? fileName : undefined };
  }
  throw new HttpError(
    415,
    'UNSUPPORTED_MEDIA_TYPE',
    'Send the picture as the body with its image/* type, or as the field "file" of multipart/form-data.',
    'content-type',
  );
}

/** The body in chunks. Giving up leaves the connection open, so that the refusal can still be answered. */
function body(request: Request): AsyncIterable<Uint8Array> {
  return request.iterator({ destroyOnReturn: false });
}

async function readForm(request: Request, limit: number, maxBytes: number): Promise<Upload> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of body(request)) {
    total += chunk.byteLength;
    if (total > limit) throw tooManyBytes(maxBytes);
    chunks.push(chunk);
  }
  // The platform's own parser: it wants the whole body, which is no more than the codec will hold anyway.
  const headers = { 'Content-Type': request.headers['content-type']! };
  const form = await new Response(Buffer.concat(chunks), { headers }).formData().catch(() => {
    throw new HttpError(400, 'BAD_REQUEST', 'The body is not well-formed multipart/form-data.');
  });
  const file = form.get('file');
  if (!(file instanceof Blob)) throw new HttpError(400, 'BAD_REQUEST', 'The form has no file field "file".', 'file');
  return { source: new Uint8Array(await file.arrayBuffer()), fileName: file.name };
}
