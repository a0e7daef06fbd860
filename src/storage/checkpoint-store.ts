import { randomUUID } from 'node:crypto';
import { constants, copyFile, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { syncFile, syncFolder } from './durable-files.js';
import { deleteOldFile, deleteOldFiles } from './old-files.js';
import type { CheckpointStore } from './types.js';

const PARTIAL = '.partial';

/** Checkpoints as files named after their sessions, under one folder. */
export class FileCheckpointStore implements CheckpointStore {
  private constructor(private readonly root: string) {}

  /** Opens the store and removes what a killed process left unfinished. Call it only while the data folder is locked. */
  static async open(root: string): Promise<FileCheckpointStore> {
    await mkdir(root, { recursive: true });
    const unfinished = (await readdir(root)).filter((name) => name.endsWith(PARTIAL));
    await Promise.all(unfinished.map((name) => rm(path.join(root, name), { force: true })));
    return new FileCheckpointStore(root);
  }

  newFile(): string {
    return path.join(this.root, `${randomUUID()}${PARTIAL}`);
  }

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

  async find(sessionId: string): Promise<string | null> {
    const file = this.#path(sessionId);
    return await stat(file).then(
      () => file,
      () => null,
    );
  }

  async sessionIds(): Promise<string[]> {
    return (await readdir(this.root)).filter((name) => !name.endsWith(PARTIAL));
  }

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

  async delete(sessionId: string, keptBefore?: Date): Promise<number | null> {
    return await deleteOldFile(this.#path(sessionId), keptBefore);
  }

  async deleteUnfinished(begunBefore: Date): Promise<number> {
    return await deleteOldFiles(this.root, begunBefore, (name) => name.endsWith(PARTIAL));
  }

  #path(sessionId: string): string {
    if (!/^\w+$/.test(sessionId)) throw new Error(`${sessionId} is no session's id.`);
    return path.join(this.root, sessionId);
  }
}
