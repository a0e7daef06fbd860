import type { SessionRow } from '../storage/types.js';
import type { ProgressHub } from './hub.js';

/** A session's row with its present progress: rows are written once a second, but the hub knows the present. */
export function withLiveProgress(hub: Pick<ProgressHub, 'latest'>, session: SessionRow): SessionRow {
  const live = hub.latest(session.id)?.session;
  if (live?.status !== session.status || live.seq <= session.seq) return session;
  const { seq, step, elapsedMs, evaluations } = live;
  return { ...session, seq, step, elapsedMs, evaluations };
}
