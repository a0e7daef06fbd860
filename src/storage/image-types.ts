/** The ports through which pictures are kept: their rows, and what nobody uses any more. */

export type ImageFormat = 'png' | 'jpeg' | 'webp';

export interface ImageRow {
  readonly id: string;
  readonly ownerId: string;
  readonly sha256: string;
  readonly format: ImageFormat;
  readonly width: number;
  readonly height: number;
  readonly byteSize: number;
  readonly fileName: string | null;
  readonly createdAt: Date;
}

export interface NewImage {
  readonly ownerId: string;
  readonly sha256: string;
  readonly format: ImageFormat;
  readonly width: number;
  readonly height: number;
  readonly byteSize: number;
  readonly fileName?: string | undefined;
}

/** A picture to be stored, as its file's bytes. */
export interface NewImageFile extends Omit<NewImage, 'sha256' | 'byteSize'> {
  readonly bytes: Uint8Array;
}

export interface ImageRepository {
  /** Adds a row; where the owner has one with the same sha256 and file name, it counts as stored anew instead. */
  create(image: NewImage): Promise<ImageRow>;
  find(id: string): Promise<ImageRow | null>;
  findMany(ids: readonly string[]): Promise<ImageRow[]>;
  /** Bytes of all stored pictures, each counted once however many rows share it. */
  storedBytes(): Promise<number>;
}

/** Which unused pictures may go. */
export interface FreeRequest {
  /** Only those of these ids; all where absent. */
  readonly among?: readonly string[];
  /** Only what came in at this instant or earlier: what came later may be about to be used. */
  readonly storedBefore: Date;
}

/** What went when pictures were let go. */
export interface FreedImages {
  readonly images: number;
  readonly blobs: number;
  /** Of the blobs. */
  readonly bytes: number;
}

/** Pictures as rows and bytes together, and the one place that knows which of them nobody uses. */
export interface ImageStore {
  /** Once it returns, the picture survives a power cut. The same bytes under the same name are the same row. */
  add(picture: NewImageFile): Promise<ImageRow>;
  /** Stores bytes for a row other than a picture's, which `name` writes with their key before anybody can free them. */
  keep<T>(bytes: Uint8Array, name: (sha256: string) => Promise<T>): Promise<T>;
  /** Lets pictures go that no session uses. */
  free(request: FreeRequest): Promise<FreedImages>;
  /** Of these blobs, lets those go that no row names. */
  freeKeys(keys: readonly string[]): Promise<void>;
  /** Lets bytes go that no row names: what a killed process left behind. Aborting ends it early. */
  freeBlobs(storedBefore: Date, signal?: AbortSignal): Promise<FreedImages>;
}
