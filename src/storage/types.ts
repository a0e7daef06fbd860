/** The ports of the storage layer: what sessions and resolvers may rely on, whichever driver stands behind it. */
import type { Readable } from 'node:stream';
import type { AnimationTiming } from './animation.js';
import type { PageRequest, SessionFilter } from './history-types.js';

export type * from './history-types.js';

export type PictureFormat = 'png' | 'jpeg' | 'webp';

export interface ImageRow {
  readonly id: string;
  readonly ownerId: string;
  readonly sha256: string;
  readonly format: PictureFormat;
  readonly width: number;
  readonly height: number;
  readonly byteSize: number;
  readonly fileName: string | null;
  readonly createdAt: Date;
}

export interface NewImage {
  readonly ownerId: string;
  readonly sha256: string;
  readonly format: PictureFormat;
  readonly width: number;
  readonly height: number;
  readonly byteSize: number;
  readonly fileName?: string | undefined;
}

/** A picture to be stored, as its file's bytes. */
export interface NewPicture extends Omit<NewImage, 'sha256' | 'byteSize'> {
  readonly bytes: Uint8Array;
}

export type SessionStatus = 'QUEUED' | 'RUNNING' | 'PAUSED' | 'COMPLETED' | 'CANCELLED' | 'FAILED';

export interface StyleRow {
  readonly imageId: string;
  readonly weight: number;
  /** Size of the style picture over the recipe's. */
  readonly scale: number;
  /** The mask of where it is painted. */
  readonly maskImageId: string | null;
}

export type NewStyle = Omit<StyleRow, 'maskImageId'> & Partial<Pick<StyleRow, 'maskImageId'>>;

export interface SessionRow {
  readonly id: string;
  readonly ownerId: string;
  readonly title: string | null;
  readonly status: SessionStatus;
  readonly preset: string;
  /** The own preset that it was made with, which may be gone since; null of built-in ones. */
  readonly presetId: string | null;
  /** JSON of an engine `Recipe`. */
  readonly recipe: string;
  readonly contentImageId: string;
  /** What the run begins with, where the recipe says IMAGE. */
  readonly initialImageId: string | null;
  /** The mask of what stays the content's. */
  readonly keepMaskImageId: string | null;
  readonly resultImageId: string | null;
  /** In the order in which they were given. */
  readonly styles: readonly StyleRow[];
  readonly width: number;
  readonly height: number;
  readonly totalSteps: number;
  readonly step: number;
  /** The last step record's number that was written. */
  readonly seq: number;
  readonly elapsedMs: number;
  readonly evaluations: number;
  readonly networkName: string | null;
  readonly networkSha256: string | null;
  readonly networkStandIn: boolean;
  readonly backend: string | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly claimToken: string | null;
  readonly attempt: number;
  readonly cancelRequested: boolean;
  readonly pauseRequested: boolean;
  /** The run goes on from a kept state, after this step; 0 where that was the parent's, null where there is none. */
  readonly continuedFrom: number | null;
  /** The session that it was branched from, as long as there is one. */
  readonly parentId: string | null;
  /** SHA-256 of owner and key, hexadecimal; unique. */
  readonly idempotencyKey: string | null;
  /** SHA-256 of what was asked for with the key, hexadecimal. */
  readonly inputHash: string | null;
  readonly createdAt: Date;
  readonly queuedAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

export interface NewSession {
  readonly ownerId: string;
  /** A new one unless given. */
  readonly id?: string | undefined;
  readonly title?: string | undefined;
  readonly preset: string;
  readonly presetId?: string | undefined;
  readonly recipe: string;
  readonly contentImageId: string;
  readonly initialImageId?: string | undefined;
  readonly keepMaskImageId?: string | undefined;
  readonly styles: readonly NewStyle[];
  readonly tags?: readonly string[] | undefined;
  readonly width: number;
  readonly height: number;
  readonly totalSteps: number;
  readonly networkName: string;
  /** Null where the network has to be obtained before the run. */
  readonly networkSha256: string | null;
  readonly networkStandIn: boolean;
  readonly parentId?: string | undefined;
  readonly continuedFrom?: number | undefined;
  readonly idempotencyKey?: string | undefined;
  readonly inputHash?: string | undefined;
}

/** A status that a session came into. */
export interface StatusChangeRow {
  readonly sessionId: string;
  readonly status: SessionStatus;
  readonly at: Date;
}

export interface LossRow {
  readonly seq: number;
  readonly step: number;
  readonly scaleIndex: number;
  readonly total: number;
  readonly content: number;
  readonly style: number;
  readonly totalVariation: number;
  readonly elapsedMs: number;
}

/** Fields that a transition may set beside the status. */
export type SessionChanges = Partial<
  Pick<
    SessionRow,
    | 'resultImageId'
    | 'step'
    | 'seq'
    | 'elapsedMs'
    | 'evaluations'
    | 'backend'
    | 'networkName'
    | 'networkSha256'
    | 'networkStandIn'
    | 'errorCode'
    | 'errorMessage'
    | 'claimToken'
    | 'attempt'
    | 'cancelRequested'
    | 'pauseRequested'
    | 'totalSteps'
    | 'continuedFrom'
    | 'queuedAt'
    | 'startedAt'
    | 'finishedAt'
  >
>;

/** The condition of a conditional update; what is absent is not asked for. */
export interface SessionGuard {
  readonly from: readonly SessionStatus[];
  readonly claimToken?: string;
  /** The number of the last step record. */
  readonly seq?: number;
}

export interface SessionRepository {
  /** Adds a QUEUED session. Throws `StorageError` KEY_TAKEN where there is one with its idempotency key. */
  create(session: NewSession): Promise<SessionRow>;
  findByKey(idempotencyKey: string): Promise<SessionRow | null>;
  find(id: string): Promise<SessionRow | null>;
  findMany(ids: readonly string[]): Promise<SessionRow[]>;
  page(request: PageRequest): Promise<SessionRow[]>;
  /** Sessions that fit a filter; all where it is absent. */
  count(filter?: SessionFilter): Promise<number>;
  /** The QUEUED session that has waited longest. */
  oldestQueued(): Promise<SessionRow | null>;
  /** The first QUEUED sessions in the order in which they will be claimed. */
  waiting(limit: number): Promise<SessionRow[]>;
  /**
   * One conditional update: sets `to` and `changes` if the row is in one of `guard.from` (and carries the guard's
   * token, where one is given), and notes the new status. Null when the row was not so: somebody else won.
   */
  transition(id: string, guard: SessionGuard, to: SessionStatus, changes?: SessionChanges): Promise<SessionRow | null>;
  /** Asks for cancellation of a running session; true if it was RUNNING. */
  requestCancel(id: string): Promise<boolean>;
  /** Asks for a pause of a running session; true if it was RUNNING. */
  requestPause(id: string): Promise<boolean>;
  /**
   * One conditional deletion, with everything that belongs to the session alone; its branches lose their parent. Null
   * when the row was in none of these statuses.
   */
  remove(id: string, from: readonly SessionStatus[]): Promise<SessionRow | null>;
  /** The latest statuses of each session, oldest first. */
  statusHistories(ids: readonly string[]): Promise<StatusChangeRow[]>;
  /** Adds loss rows and moves step, seq, elapsedMs, evaluations forward, in one transaction, fenced by the token. */
  recordProgress(
    id: string,
    claimToken: string,
    losses: readonly LossRow[],
    at: Pick<SessionRow, 'step' | 'seq' | 'elapsedMs' | 'evaluations'>,
  ): Promise<boolean>;
  /** The loss curve in order of seq, from just after `afterSeq`, at most `limit` rows. */
  losses(id: string, afterSeq?: number, limit?: number): Promise<LossRow[]>;
  lastLoss(id: string): Promise<LossRow | null>;
}

export interface ImageRepository {
  /** Adds a row; where the owner has one with the same sha256 and file name, it counts as stored anew instead. */
  create(image: NewImage): Promise<ImageRow>;
  find(id: string): Promise<ImageRow | null>;
  findMany(ids: readonly string[]): Promise<ImageRow[]>;
  /** Bytes of all stored pictures, each counted once however many rows share it. */
  storedBytes(): Promise<number>;
}

/** What operators decided while the server ran, by name. */
export interface SettingRepository {
  get(key: string): Promise<string | null>;
  set(key: string, value: string): Promise<void>;
}

/** What a key may do: a USER with what is its owner's, an ADMIN everything. */
export type KeyRole = 'USER' | 'ADMIN';

export interface ApiKeyRow {
  readonly id: string;
  readonly name: string;
  /** SHA-256 of the secret, hexadecimal. */
  readonly hash: string;
  readonly ownerId: string;
  readonly role: KeyRole;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
}

export type NewApiKey = Pick<ApiKeyRow, 'id' | 'name' | 'hash' | 'ownerId' | 'role' | 'expiresAt'>;

export interface ApiKeyRepository {
  create(key: NewApiKey): Promise<ApiKeyRow>;
  find(id: string): Promise<ApiKeyRow | null>;
  findMany(ids: readonly string[]): Promise<ApiKeyRow[]>;
  /** All keys, newest first. */
  list(): Promise<ApiKeyRow[]>;
  /** Marks a key as revoked, unless it was before. Null where there is none. */
  revoke(id: string, at: Date): Promise<ApiKeyRow | null>;
  /** Notes that a key was used. */
  touch(id: string, at: Date): Promise<void>;
}

/** Content-addressed bytes. The key is the SHA-256 of what is stored, hexadecimal. */
export interface BlobStore {
  /** Stores atomically (a reader never sees half a blob); storing the same bytes again is no work. Returns the key. */
  put(bytes: Uint8Array): Promise<string>;
  /** Throws `StorageError` BLOB_MISSING where there is none. */
  get(key: string): Promise<Buffer>;
  stream(key: string): Promise<Readable>;
  has(key: string): Promise<boolean>;
  /**
   * Deletes a blob, unless it was stored (again) after `storedBefore`. Returns how many bytes it had; null where there was
   * nothing to delete.
   */
  delete(key: string, storedBefore?: Date): Promise<number | null>;
  /** All keys, in bunches. */
  list(): AsyncIterable<readonly string[]>;
  /** Deletes what was begun to be stored before this instant and never finished. Returns how many bytes went. */
  deleteUnfinished(begunBefore: Date): Promise<number>;
}

/** Which unused pictures may go. */
export interface FreeRequest {
  /** Only those of these ids; all where absent. */
  readonly among?: readonly string[];
  /** Only what came in at this instant or earlier: what came later may be about to be used. */
  readonly storedBefore: Date;
}

/** What went when pictures were let go. */
export interface FreedPictures {
  readonly images: number;
  readonly blobs: number;
  /** Of the blobs. */
  readonly bytes: number;
}

/** Pictures as rows and bytes together, and the one place that knows which of them nobody uses. */
export interface PictureStore {
  /** Once it returns, the picture survives a power cut. The same bytes under the same name are the same row. */
  add(picture: NewPicture): Promise<ImageRow>;
  /** Stores bytes for a row other than a picture's, which `name` writes with their key before anybody can free them. */
  keep<T>(bytes: Uint8Array, name: (sha256: string) => Promise<T>): Promise<T>;
  /** Lets pictures go that no session uses. */
  free(request: FreeRequest): Promise<FreedPictures>;
  /** Of these blobs, lets those go that no row names. */
  freeKeys(keys: readonly string[]): Promise<void>;
  /** Lets bytes go that no row names: what a killed process left behind. Aborting ends it early. */
  freeBlobs(storedBefore: Date, signal?: AbortSignal): Promise<FreedPictures>;
}

/**
 * Each session's newest checkpoint, as a file that the engine process writes and reads by itself: of its tens
 * of megabytes nothing passes through the process that serves.
 */
export interface CheckpointStore {
  /** A name for a file to be written; it is nobody's checkpoint until `keep`. */
  newFile(): string;
  /** Makes a written file the session's checkpoint, in place of the one before, atomically and durably. */
  keep(sessionId: string, file: string): Promise<void>;
  /** The session's checkpoint's file, if there is one. */
  find(sessionId: string): Promise<string | null>;
  /** The sessions that have a checkpoint. */
  sessionIds(): Promise<string[]>;
  /** Deletes a checkpoint, unless it was kept after `keptBefore`. Returns how many bytes it had; null where there was none. */
  delete(sessionId: string, keptBefore?: Date): Promise<number | null>;
  /** Deletes what was begun to be written before this instant and never kept. Returns how many bytes went. */
  deleteUnfinished(begunBefore: Date): Promise<number>;
  /** Gives a session a copy of another's checkpoint; false where there is none. */
  copy(fromId: string, toId: string): Promise<boolean>;
}

/**
 * An 8-bit sRGB picture: width * height * 3 bytes, rows of R G B, not premultiplied; where it is not opaque, its alpha
 * apart, width * height bytes. The engine's picture, structurally.
 */
export interface RgbPixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
  readonly alpha?: Uint8Array | undefined;
}

/** An 8-bit grey picture: width * height bytes. The engine's mask, structurally. */
export interface GreyPixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

export interface PictureLimits {
  /** Bytes of an uploaded file. */
  readonly maxBytes: number;
  /** width * height of an uploaded picture. */
  readonly maxPixels: number;
}

export interface CheckedPicture {
  /** The bytes to store: as they came where they are upright sRGB PNG/JPEG/WebP, else re-encoded. Alpha is kept. */
  readonly bytes: Uint8Array;
  readonly format: PictureFormat;
  /** After auto-orientation. */
  readonly width: number;
  readonly height: number;
}

/** Everything that enters or leaves as a picture file passes here. */
export interface PictureCodec {
  /**
   * Checks and normalises an upload: sniffed format (PNG, JPEG, WebP, TIFF, GIF's first frame, AVIF), limits, EXIF
   * orientation applied. Throws `StorageError` NOT_A_PICTURE, TOO_LARGE (names the limit) or TOO_SMALL.
   */
  check(bytes: Uint8Array): Promise<CheckedPicture>;
  /** Decodes stored bytes to upright 8-bit sRGB, shrunk to fit `maxSide` if larger. */
  decode(bytes: Uint8Array, maxSide?: number): Promise<RgbPixels>;
  /** Decodes stored bytes at exactly this size, resampled as the engine does it (Catmull-Rom, antialiased). */
  decodeTo(bytes: Uint8Array, width: number, height: number): Promise<RgbPixels>;
  /** Decodes the brightness of stored bytes at exactly this size, resampled as the engine does it; alpha is ignored. */
  decodeMask(bytes: Uint8Array, width: number, height: number): Promise<GreyPixels>;
  /** Encodes pixels, shrunk so that the long side is at most `maxSide`. JPEG, which has no alpha, shows them on white. */
  encode(
    pixels: RgbPixels,
    format: PictureFormat,
    options?: { maxSide?: number; quality?: number },
  ): Promise<EncodedPicture>;
  /** Resizes an encoded picture for serving. JPEG, which has no alpha, shows it on white. */
  resize(bytes: Uint8Array, maxSide: number, format: PictureFormat): Promise<EncodedPicture>;
  /** A picture to look at in passing, as small a file as can be: JPEG, or WebP where it is not opaque. */
  preview(picture: RgbPixels | Uint8Array, maxSide: number): Promise<EncodedPicture>;
  /** Joins pictures of one size to an animated WebP that plays for ever. */
  animate(frames: readonly RgbPixels[], timing: AnimationTiming): Promise<EncodedPicture>;
}

export interface EncodedPicture {
  readonly bytes: Buffer;
  readonly mimeType: string;
  readonly width: number;
  readonly height: number;
}
