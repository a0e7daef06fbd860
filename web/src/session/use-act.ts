import { useState } from 'preact/hooks';
import type { MistakeFragment } from '../generated/graphql';
import { toast } from '../ui/toasts';

interface Answer {
  readonly errors: readonly MistakeFragment[];
}

/** Carries out mutations one at a time; what goes wrong is said in passing. */
export function useAct() {
  const [busy, setBusy] = useState(false);
  /** @returns the answer; undefined where nothing came of it */
  const act = async <T extends Answer>(mutate: () => Promise<T | null | undefined>): Promise<T | undefined> => {
    setBusy(true);
    const answer = await mutate();
    setBusy(false);
    if (answer && answer.errors.length === 0) return answer;
    toast(answer?.errors[0]?.message ?? 'The server could not be asked. Try again.');
    return undefined;
  };
  return { busy, act };
}
