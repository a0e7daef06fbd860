import type { IncomingMessage } from 'node:http';
import busboy from 'busboy';
import { HttpError } from './errors.js';

/** Parts of a form that are looked at; browsers and GraphQL clients send at most three. */
const MAX_PARTS = 10;
/** Bytes of one text field. */
const MAX_FIELD_BYTES = 256 * 1024;

/** The file of a form, as it streams in. It must be read or destroyed. */
export interface FormFile {
  /** The name of its field. */
  readonly field: string;
  readonly fileName: string | undefined;
  /** Fails with an `HttpError` BAD_REQUEST where the form ends too early or is malformed. */
  readonly content: AsyncIterable<Uint8Array>;
}

/** A form up to its file; fields that come after the file are not read. */
export interface Form {
  readonly fields: ReadonlyMap<string, string>;
  /** The first file of a wanted field; null where the form ended without one. */
  readonly file: FormFile | null;
}

/**
 * Reads multipart/form-data (RFC 7578) as it streams in, up to its first file in a field that `isWanted` accepts. Files of
 * other fields are skipped. Throws `HttpError` BAD_REQUEST where the form is malformed, cut off, or has too many parts.
 */
export function readForm(request: IncomingMessage, isWanted: (field: string) => boolean): Promise<Form> {
  return new Promise((resolve, reject) => {
    const fields = new Map<string, string>();
    const parser = createParser(request, reject);
    if (!parser) return;
    const fail = (message: string) => parser.destroy(badForm(message));
    parser.on('field', (name, value, { valueTruncated }) => {
      if (valueTruncated) fail(`Its field "${name}" has more than ${MAX_FIELD_BYTES} bytes.`);
      else if (!fields.has(name)) fields.set(name, value);
    });
    parser.on('file', (field, content, { filename }) => {
      // A stream of a form that breaks off emits its error whether or not somebody reads it.
      content.on('error', () => undefined);
      if (isWanted(field))
        resolve({ fields: new Map(fields), file: { field, fileName: filename, content: translated(content) } });
      else content.resume();
    });
    parser.on('partsLimit', () => fail(`It has more than ${MAX_PARTS} parts.`));
    parser.once('error', (error) => reject(toHttpError(error)));
    parser.once('close', () => resolve({ fields, file: null }));
    // A client that goes away leaves the parser waiting.
    request.once('close', () => {
      if (!request.complete) parser.destroy(badForm('The connection was closed before its end.'));
    });
    request.pipe(parser);
  });
}

function createParser(request: IncomingMessage, reject: (error: HttpError) => void) {
  try {
    return busboy({
      headers: request.headers,
      defParamCharset: 'utf8',
      limits: { parts: MAX_PARTS, fieldSize: MAX_FIELD_BYTES, headerPairs: 20 },
    });
  } catch (error) {
    // The Content-Type has no boundary.
    reject(toHttpError(error));
    return null;
  }
}

/** The content, whose parser's errors become the caller's. */
async function* translated(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* content;
  } catch (error) {
    throw toHttpError(error);
  }
}

function toHttpError(error: unknown): HttpError {
  return error instanceof HttpError ? error : badForm(`${error instanceof Error ? error.message : String(error)}.`);
}

function badForm(why: string): HttpError {
  return new HttpError(400, 'BAD_REQUEST', `The body is not well-formed multipart/form-data. ${why}`);
}
