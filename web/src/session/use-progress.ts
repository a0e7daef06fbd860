import { useClient, type Client } from '@urql/preact';
import { useEffect, useState } from 'preact/hooks';
import { LossCurveDocument, ProgressDocument, type ProgressSubscription } from '../generated/graphql';
import { LossCurve, type LossPoint } from './loss-curve';

export type ProgressEvent = ProgressSubscription['sessionProgress'];

export interface Progress {
  /** The latest event; null before the first, and for a session that has ended. */
  readonly event: ProgressEvent | null;
  readonly points: readonly LossPoint[];
}

const PREVIEW_SIZE = 1024;
/** Ten pictures a second are smooth enough. */
const LEAST_INTERVAL_MS = 100;
const PAGE = 1000;
/** The written curve lags behind the run by a second at most. */
const FILL_AFTER_MS = 1200;

/**
 * Follows a session: first all that went before, then live. The session itself goes to the cache; what only the stream
 * has (speed, preview, the losses as they come) is kept here.
 * @param live whether the session can still change
 */
export function useProgress(id: string, live: boolean): Progress {
  const client = useClient();
  const [progress, setProgress] = useState<Progress>({ event: null, points: [] });
  useEffect(() => {
    const curve = new LossCurve();
    const show = (event?: ProgressEvent) =>
      setProgress((previous) => ({ event: event ?? previous.event, points: curve.points }));
    let filling: ReturnType<typeof setTimeout> | undefined;
    let unsubscribe: (() => void) | undefined;
    let over = false;

    const fill = async () => {
      filling = undefined;
      if (curve.holeAfter !== null) await load(client, id, curve, curve.holeAfter);
      if (over) return;
      show();
      if (curve.holeAfter !== null) filling ??= setTimeout(() => void fill(), FILL_AFTER_MS);
    };

    void load(client, id, curve, 0).then(() => {
      if (over) return;
      show();
      if (!live) return;
      const variables = {
        id,
        afterSeq: curve.newestSeq,
        previewMaxSize: PREVIEW_SIZE,
        minIntervalMs: LEAST_INTERVAL_MS,
      };
      ({ unsubscribe } = client.subscription(ProgressDocument, variables).subscribe(({ data }) => {
        const event = data?.sessionProgress;
        if (!event) return;
        const { seq, step, losses, gap } = event;
        if (losses) curve.add({ seq, step, ...losses }, gap);
        if (curve.holeAfter !== null) filling ??= setTimeout(() => void fill(), FILL_AFTER_MS);
        show(event);
      }));
    });
    return () => {
      over = true;
      clearTimeout(filling);
      unsubscribe?.();
    };
  }, [client, id, live]);
  return progress;
}

/** Reads what is written of the curve beyond a record, page by page. */
async function load(client: Client, id: string, curve: LossCurve, afterSeq: number): Promise<void> {
  for (let after = afterSeq; ;) {
    const { data } = await client.query(LossCurveDocument, { id, afterSeq: after }, { requestPolicy: 'network-only' });
    const page = data?.session?.lossCurve ?? [];
    curve.fill(after, page);
    if (page.length < PAGE) return;
    after = page.at(-1)!.seq;
  }
}
