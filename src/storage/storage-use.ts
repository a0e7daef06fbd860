/** The port through which operators learn what is kept. */

/** What a data folder holds. Counts and bytes of files are what is on disk, those that are being written included. */
export interface StorageUse {
  /** Pictures that are known, of all owners. */
  readonly images: number;
  /** Their sizes added up, as if no two shared their bytes. */
  readonly imageBytes: number;
  /** Files of pictures: each content once. */
  readonly blobs: number;
  readonly blobBytes: number;
  /** Kept states of runs. */
  readonly checkpoints: number;
  readonly checkpointBytes: number;
  readonly databaseBytes: number;
  /** Left on the disk for this process's user. */
  readonly freeBytes: number;
}

export interface StorageMeter {
  measure(): Promise<StorageUse>;
}
