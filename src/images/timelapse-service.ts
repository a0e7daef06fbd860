import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { animate, type EncodedImage, type Storage, type TimelapseFrameRow } from '../storage/index.js';
import type { ServedImage } from './image-service.js';
import { isVisible, type Viewer } from '../core/viewer.js';

/** Longest side of a stored frame, pixels. */
export const FRAME_SIZE = 384;
/** Most frames stored per session. */
export const MAX_FRAMES = 48;
/** How long a frame of the animation is shown, and the last frame, milliseconds. */
const TIMING = { frameMs: 100, lastMs: 2000 };
/** Animations cached in memory: one takes a second to encode, and several viewers tend to ask for the same one. */
const HELD_ANIMATIONS = 4;

/** An animation ready to be encoded. */
export interface Animation {
  /** Identifies the frames. */
  readonly etag: string;
  serve(): Promise<ServedImage>;
}

/** Serves the frames of timelapses, one by one and as an animation. */
export class TimelapseService {
  readonly #animations = new LRUCache<string, Promise<EncodedImage>>({ max: HELD_ANIMATIONS });

  constructor(private readonly storage: Pick<Storage, 'sessions' | 'timelapses' | 'blobs' | 'codec'>) {}

  /** The frames of each of these sessions, which the viewer must have found before. */
  async framesOf(ids: readonly string[]): Promise<Map<string, TimelapseFrameRow[]>> {
    return await this.storage.timelapses.framesOf(ids);
  }

  /** Null where the viewer has no such session, or the session has no such frame. */
  async find(viewer: Viewer, sessionId: string, seq: number): Promise<TimelapseFrameRow | null> {
    return (await this.#has(viewer, sessionId)) ? await this.storage.timelapses.find(sessionId, seq) : null;
  }

  /** A frame as stored, or smaller. Throws `StorageError` BLOB_MISSING or BLOB_DAMAGED. */
  async serve(frame: TimelapseFrameRow, maxSide = FRAME_SIZE): Promise<ServedImage> {
    const { blobs, codec } = this.storage;
    const { sha256, byteSize, width, height } = frame;
    if (maxSide >= Math.max(width, height)) {
      return { mimeType: 'image/webp', byteSize, body: await blobs.stream(sha256, byteSize) };
    }
    return toServed(await codec.resize(await blobs.get(sha256), maxSide, 'webp'));
  }

  /**
   * All frames as an animated WebP of the newest frame's size; null where the viewer has no such session, or it has fewer than
   * two frames.
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

  /** Encodes an animation once for all who ask at the same time or soon after. */
  #animate(etag: string, frames: readonly TimelapseFrameRow[]): Promise<EncodedImage> {
    let animation = this.#animations.get(etag);
    if (!animation) {
      animation = this.#make(frames);
      animation.catch(() => this.#animations.delete(etag));
      this.#animations.set(etag, animation);
    }
    return animation;
  }

  async #make(frames: readonly TimelapseFrameRow[]): Promise<EncodedImage> {
    const { blobs, codec } = this.storage;
    // The first frames of a coarse-to-fine run are smaller.
    const { width, height } = frames.at(-1)!;
    const images = [];
    for (const { sha256 } of frames) images.push(await codec.decodeTo(await blobs.get(sha256), width, height));
    return await animate(images, TIMING);
  }
}

/** Whether there are enough frames for an animation. */
export function isAnimated(frames: readonly TimelapseFrameRow[]): boolean {
  return frames.length > 1;
}

/** The URL path of a frame; `size` is one of `SERVED_SIZES`. */
export function framePath({ sessionId, seq }: TimelapseFrameRow, size?: number): string {
  const path = `/sessions/${sessionId}/timelapse/${seq}`;
  return size === undefined ? path : `${path}?size=${size}`;
}

/** The URL path of a session's animation. */
export function animationPath(sessionId: string): string {
  return `/sessions/${sessionId}/timelapse.webp`;
}

function toServed({ bytes, mimeType }: EncodedImage): ServedImage {
  return { mimeType, byteSize: bytes.length, body: bytes };
}
