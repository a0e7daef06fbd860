import { UserError } from '../core/errors.js';
import type { LifecycleParts } from './lifecycle.js';
import { isTerminal, TERMINAL } from '../core/status.js';
import type { Viewer } from '../core/viewer.js';

/** Deletes sessions with everything that is theirs alone. */
export class SessionRemover {
  constructor(private readonly parts: LifecycleParts) {}

  /**
   * Cancels a session that has not ended and waits for its end; then the row goes, with losses, history and timelapse, and after it
   * the kept state and the pictures that nobody else uses. Whatever a death interrupts is made good at the next start.
   * Throws SESSION_NOT_FOUND.
   */
  async delete(viewer: Viewer, id: string): Promise<string> {
    const { storage, sessions, hub, sweeper } = this.parts;
    for (;;) {
      const { status } = await sessions.get(viewer, id);
      if (!isTerminal(status)) await this.#end(viewer, id);
      const frames = (await storage.timelapses.framesOf([id])).get(id) ?? [];
      const removed = await storage.sessions.remove(id, TERMINAL);
      // Where it was continued in the meantime, it has to be ended once more.
      if (!removed) continue;
      hub.forget(removed);
      await storage.checkpoints.delete(id);
      await sweeper.freeOf(
        removed,
        frames.map(({ sha256 }) => sha256),
      );
      return id;
    }
  }

  async #end(viewer: Viewer, id: string): Promise<void> {
    const { sessions, runner } = this.parts;
    try {
      await sessions.cancel(viewer, id);
    } catch (error) {
      // It has ended by itself, which is as good.
      if (!(error instanceof UserError && error.code === 'NOT_CANCELLABLE')) throw error;
    }
    await runner.settled(id);
  }
}
