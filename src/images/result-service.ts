import { applyStrength } from '../engine/index.js';
import type { ImageRow, ImageFormat, SessionRow, Storage } from '../storage/index.js';
import { checkRange } from '../core/errors.js';
import type { ImageService, ServedImage } from './image-service.js';
import { isVisible, type Viewer } from '../core/viewer.js';

/** Default strength of a result, percent: the result itself. 0 is the content. */
export const FULL_STRENGTH = 100;

/** The requested form of a result; absent fields are as stored. */
export interface ResultForm {
  /** Longest side, pixels; never enlarged. */
  readonly size?: number | undefined;
  readonly format?: ImageFormat | undefined;
  /** Whole percent, 0 to 100. */
  readonly strength?: number | undefined;
}

/** The two images that strength blends. */
export interface SessionResult {
  readonly result: ImageRow;
  readonly content: ImageRow;
}

/** Serves results of sessions in any size, format and strength, without a new run. */
export class ResultService {
  constructor(
    private readonly storage: Pick<Storage, 'sessions' | 'images' | 'blobs' | 'codec'>,
    private readonly images: ImageService,
  ) {}

  /** Null where the viewer has no such session, or the session has no result. */
  async find(viewer: Viewer, sessionId: string): Promise<SessionResult | null> {
    const session = await this.storage.sessions.find(sessionId);
    if (!session?.resultImageId || !isVisible(viewer, session)) return null;
    const [result, content] = await Promise.all([
      this.storage.images.find(session.resultImageId),
      this.storage.images.find(session.contentImageId),
    ]);
    return result && content && { result, content };
  }

  /** Throws `StorageError` BLOB_MISSING, BLOB_DAMAGED or FORMAT_TOO_SMALL. */
  async serve({ result, content }: SessionResult, form: ResultForm = {}): Promise<ServedImage> {
    const { size, format = result.format, strength = FULL_STRENGTH } = form;
    if (strength === FULL_STRENGTH) return await this.images.serve(result, format, size);
    const { blobs, codec } = this.storage;
    const painted = await codec.decode(await blobs.get(result.sha256));
    const original = await codec.decodeTo(await blobs.get(content.sha256), painted.width, painted.height);
    const { bytes, mimeType } = await codec.encode(
      applyStrength(painted, original, strength / FULL_STRENGTH),
      format,
      size === undefined ? {} : { maxSide: size },
    );
    return { mimeType, byteSize: bytes.length, body: bytes };
  }
}

/** The URL path of a session's result in a form; null where it has none. Throws INVALID_ARGUMENT. */
export function resultPath({ id, resultImageId }: SessionRow, form: ResultForm): string | null {
  const { strength } = form;
  if (strength !== undefined) checkRange('strength', strength, 0, FULL_STRENGTH);
  if (resultImageId === null) return null;
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(form)) if (value !== undefined) query.set(name, String(value));
  return query.size > 0 ? `/sessions/${id}/result?${query}` : `/sessions/${id}/result`;
}
