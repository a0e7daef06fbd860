import { createHash } from 'node:crypto';
import type { EncodedImage, Storage, TimelapseFrameRow } from '../storage/index.js';
import type { ServedImage } from './image-service.js';
import { isVisible, type Viewer } from '../core/viewer.js';

/** Longest side of a stored frame, pixels. */
export const FRAME_SIZE = 384;
/** Most frames stored of one session. */
export const MAX_FRAMES = 48;
/** How long a frame of the animation is shown, and the last one, milliseconds. */
const TIMING = { frameMs: 100, lastMs: 2000 };
/** Animations held in memory: each is a second's work, and those who look at one tend to do so together. */
const HELD_ANIMATIONS = 4;

/** An animation ready to be made. */
export interface Animation {
  /** Names the frames that it is made of. */
  readonly etag: string;
  serve(): Promise<ServedImage>;
}

/** The small pictures that are kept of every run, one by one and as an animation. */
export class TimelapseService {
  readonly #held = new Map<string, Promise<EncodedImage>>();

  constructor(private readonly storage: Pick<Storage, 'sessions' | 'timelapses' | 'blobs' | 'codec'>) {}

  /** The frames of each of these sessions, which whoever asks must have found before. */
  async framesOf(ids: readonly string[]): Promise<Map<string, TimelapseFrameRow[]>> {
    return await this.storage.timelapses.framesOf(ids);
  }

  /** Null where the viewer has no such session, or it has no such frame (any more). */
  async find(viewer: Viewer, sessionId: string, seq: number): Promise<TimelapseFrameRow | null> {
    return (await this.#has(viewer, sessionId)) ? await this.storage.timelapses.find(sessionId, seq) : null;
  }

  /** A frame as it is stored, or smaller. Throws `StorageError` BLOB_MISSING. */
  async serve(frame: TimelapseFrameRow, maxSide = FRAME_SIZE): Promise<ServedImage> {
    const { blobs, codec } = this.storage;
    const { sha256, byteSize, width, height } = frame;
    if (maxSide >= Math.max(width, height)) {
      return { mimeType: 'image/webp', byteSize, body: await blobs.stream(sha256) };
    }
    return toServed(await codec.resize(await blobs.get(sha256), maxSide, 'webp'));
  }

  /**
   * All frames as an animated WebP of the newest one's size; null where the viewer has no such session, or there are fewer
   * than two.
   */
  async animation(viewer: Viewer, sessionId: string): Promise<Animation | null> {
    if (!(await this.#has(viewer, sessionId))) return null;
    const frames = (await this.storage.timelapses.framesOf([sessionId])).get(sessionId) ?? [];
    if (!isAnimated(frames)) return null;
    const etag = createHash('sha256')
      .update(frames.map(({ sha256 }) => sha256).join())
      .digest('hex');
    return { etag, serve: async () => toServed(await this.#animate(etag, frames)) };
  }

  async #has(viewer: Viewer, sessionId: string): Promise<boolean> {
    const session = await this.storage.sessions.find(sessionId);
    return session !== null && isVisible(viewer, session);
  }

  /** Made once for all who ask at the same time, or soon after. */
  #animate(etag: string, frames: readonly TimelapseFrameRow[]): Promise<EncodedImage> {
    let animation = this.#held.get(etag);
    if (!animation) {
      animation = this.#make(frames);
      animation.catch(() => this.#held.delete(etag));
      this.#held.set(etag, animation);
      if (this.#held.size > HELD_ANIMATIONS) this.#held.delete(this.#held.keys().next().value!);
    }
    return animation;
  }

  async #make(frames: readonly TimelapseFrameRow[]): Promise<EncodedImage> {
    const { blobs, codec } = this.storage;
    // A coarse-to-fine run's early pictures are smaller.
    const { width, height } = frames.at(-1)!;
    const pictures = [];
    for (const { sha256 } of frames) pictures.push(await codec.decodeTo(await blobs.get(sha256), width, height));
    return await codec.animate(pictures, TIMING);
  }
}

/** Whether frames make an animation. */
export function isAnimated(frames: readonly TimelapseFrameRow[]): boolean {
  return frames.length > 1;
}

/** Where a frame is served; `size` is one of the served sizes. */
export function framePath({ sessionId, seq }: TimelapseFrameRow, size?: number): string {
  const path = `/sessions/${sessionId}/timelapse/${seq}`;
  return size === undefined ? path : `${path}?size=${size}`;
}

/** Where a session's animation is served. */
export function animationPath(sessionId: string): string {
  return `/sessions/${sessionId}/timelapse.webp`;
}

function toServed({ bytes, mimeType }: EncodedImage): ServedImage {
  return { mimeType, byteSize: bytes.length, body: bytes };
}
