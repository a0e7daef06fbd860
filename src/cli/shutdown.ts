/** Calls within this time are one: terminals, and the programs between, pass a signal on twice. */
const SAME_CALL_MS = 1000;

/**
 * For the signals that end the program: the first call begins to end it. Called once more, or after so many seconds, the
 * process exits as it is, with code 1.
 */
export function endOnce(
  end: () => Promise<void>,
  seconds: number,
  exit: (code: number) => void = process.exit,
): () => void {
  let begunAt: number | null = null;
  const giveUp = (why: unknown) => {
    console.error(why);
    exit(1);
  };
  return () => {
    if (begunAt === null) {
      begunAt = performance.now();
      setTimeout(() => giveUp(`Not shut down in good order within ${seconds} s: ending now.`), seconds * 1000).unref();
      end().catch(giveUp);
    } else if (performance.now() - begunAt > SAME_CALL_MS) {
      giveUp('Told to end a second time: ending now, without the rest of the shutdown.');
    }
  };
}
