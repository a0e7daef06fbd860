/** The child's side of a child process: a worker receives requests, sends messages, and exits when its parent is gone. */

/** Sends a message; resolves when it is sent, or at once if the parent has disconnected. */
export function sendToParent(message: unknown): Promise<void> {
  return new Promise((resolve) => {
    // With a callback, a failure to send to a parent that has just exited is not thrown.
    if (process.connected) process.send!(message, undefined, undefined, () => resolve());
    else resolve();
  });
}

/** Calls `handle` for every request of the parent. */
export function onRequest<Request>(handle: (request: Request) => void | Promise<void>): void {
  process.on('message', (request) => void handle(request as Request));
}

/** Exits when the parent disconnects: the result is of use to the parent only. */
export function exitWithParent(): void {
  process.once('disconnect', () => process.exit());
}

/** Answers the parent's `askWorker` with the result of `work`, then exits. If `work` fails, the process exits with code 1. */
export async function answerParent(work: () => Promise<unknown>): Promise<void> {
  exitWithParent();
  await sendToParent(await work());
  process.exit();
}
