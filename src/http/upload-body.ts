import type { Request } from 'express';
import { tooManyBytes } from '../storage/index.js';
import { HttpError } from './errors.js';
import { readForm } from './form.js';

/** Bytes that multipart/form-data may add to the file: boundaries, headers, small fields. */
const MULTIPART_OVERHEAD = 64 * 1024;

export interface Upload {
  readonly source: Uint8Array | AsyncIterable<Uint8Array>;
  readonly fileName: string | undefined;
}

/**
 * Finds the image in a request: the body itself (`image/*` or `application/octet-stream`, its name in the query `fileName`), or
 * the form field `file` of multipart/form-data. A body that announces too many bytes is refused unread. Throws `StorageError`
 * TOO_LARGE, `HttpError` BAD_REQUEST or UNSUPPORTED_MEDIA_TYPE.
 */
export async function findUpload(request: Request, maxBytes: number): Promise<Upload> {
  const isForm = request.is('multipart/form-data');
  const limit = isForm ? maxBytes + MULTIPART_OVERHEAD : maxBytes;
  if (Number(request.headers['content-length']) > limit) throw tooManyBytes(maxBytes);
  if (isForm) {
    const { file } = await readForm(request, (field) => field === 'file');
    if (file) return { source: file.content, fileName: file.fileName };
    throw new HttpError(400, 'BAD_REQUEST', 'The form has no file field "file". Add one.', 'file');
  }
  if (request.is(['image/*', 'application/octet-stream'])) {
    const { fileName } = request.query;
    return { source: body(request), fileName: typeof fileName === 'string' ? fileName : undefined };
  }
  throw new HttpError(
    415,
    'UNSUPPORTED_MEDIA_TYPE',
    'Send the image as the body with its image/* type, or as the field "file" of multipart/form-data.',
    'content-type',
  );
}

/** The body in chunks. An early return leaves the connection open, so that the refusal can be sent. */
function body(request: Request): AsyncIterable<Uint8Array> {
  return request.iterator({ destroyOnReturn: false });
}
