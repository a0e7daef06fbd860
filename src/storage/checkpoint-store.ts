import { randomUUID } from 'node:crypto';
import { constants, copyFile, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { deleteOldFile, deleteOldFiles, syncFile, syncFolder } from './files.js';

const PARTIAL = '.partial';

/**
 * The newest checkpoint of each session, as a file named after it. The engine process writes and reads the files itself, so
 * none of their tens of megabytes passes through the server's process.
 */
export class CheckpointStore {
  private constructor(private readonly root: string) {}

  /** Opens the store and deletes what a killed process left unfinished. Call it while the data folder is locked. */
  static async open(root: string): Promise<CheckpointStore> {
    await mkdir(root, { recursive: true, mode: 0o700 });
    const unfinished = (await readdir(root)).filter((name) => name.endsWith(PARTIAL));
    await Promise.all(unfinished.map((name) => rm(path.join(root, name), { force: true })));
    return new CheckpointStore(root);
  }

  /** A path for a new file. The file is no session's checkpoint until `keep`. */
  newFile(): string {
    return path.join(this.root, `${randomUUID()}${PARTIAL}`);
  }

  /** Makes a written file the session's checkpoint, atomically and durably; it replaces the one before. */
  async keep(sessionId: string, file: string): Promise<void> {
    try {
      await syncFile(file);
      await rename(file, this.#path(sessionId));
    } catch (error) {
      await rm(file, { force: true });
      throw error;
    }
    await syncFolder(this.root);
  }

  /** The path of a session's checkpoint; null where it has none. */
  async find(sessionId: string): Promise<string | null> {
    const file = this.#path(sessionId);
    return await stat(file).then(
      () => file,
      () => null,
    );
  }

  /** The ids of all sessions that have a checkpoint. */
  async sessionIds(): Promise<string[]> {
    return (await readdir(this.root)).filter((name) => !name.endsWith(PARTIAL));
  }

  /** Gives a session a copy of another session's checkpoint; false where there is none. */
  async copy(fromId: string, toId: string): Promise<boolean> {
    const file = this.newFile();
    try {
      await copyFile(this.#path(fromId), file, constants.COPYFILE_FICLONE);
    } catch (error) {
      await rm(file, { force: true });
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw error;
    }
    await this.keep(toId, file);
    return true;
  }

  /** Deletes a checkpoint unless it was kept after `keptBefore`. Returns its size in bytes; null where nothing was deleted. */
  async delete(sessionId: string, keptBefore?: Date): Promise<number | null> {
    return await deleteOldFile(this.#path(sessionId), keptBefore);
  }

  /** Deletes unfinished files begun before this instant. Returns the bytes freed. */
  async deleteUnfinished(begunBefore: Date): Promise<number> {
    return await deleteOldFiles(this.root, begunBefore, (name) => name.endsWith(PARTIAL));
  }

  #path(sessionId: string): string {
    if (!/^\w+$/.test(sessionId)) throw new Error(`${sessionId} is not a session id.`);
    return path.join(this.root, sessionId);
  }
}
