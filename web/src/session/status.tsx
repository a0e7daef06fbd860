import type { SessionStatus } from '../generated/graphql';

export const STATUS_NAMES: Record<SessionStatus, string> = {
  QUEUED: 'Waiting',
  RUNNING: 'Painting',
  PAUSED: 'Paused',
  COMPLETED: 'Done',
  CANCELLED: 'Cancelled',
  FAILED: 'Failed',
};

/** Whether a session can still change by itself. */
export function isLive(status: SessionStatus): boolean {
  return status === 'QUEUED' || status === 'RUNNING' || status === 'PAUSED';
}

export function StatusBadge({ status }: { status: SessionStatus }) {
  return <span class={`badge ${status}`}>{STATUS_NAMES[status]}</span>;
}
