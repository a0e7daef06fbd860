import { useClient, useMutation } from '@urql/preact';
import { useState } from 'preact/hooks';
import { Link, useLocation } from 'wouter-preact';
import { deleteWithUndo } from '../gallery/delete';
import {
  CancelSessionDocument,
  PauseSessionDocument,
  ResumeSessionDocument,
  type SessionDetailsFragment,
} from '../generated/graphql';
import { Icon } from '../ui/icon';
import { BranchDialog } from './branch-dialog';
import { ContinueDialog } from './continue-dialog';
import { isLive } from './status';
import { useAct } from './use-act';

/** What can be done with a session, by its status. */
export function RunActions({ session }: { session: SessionDetailsFragment }) {
  const { id, status, step, title } = session;
  const [, cancelSession] = useMutation(CancelSessionDocument);
  const [, pauseSession] = useMutation(PauseSessionDocument);
  const [, resumeSession] = useMutation(ResumeSessionDocument);
  const [dialog, setDialog] = useState<'continue' | 'branch' | null>(null);
  const [, navigate] = useLocation();
  const client = useClient();
  const { busy, act } = useAct();
  const ended = !isLive(status);
  const close = () => setDialog(null);
  return (
    <div class="actions">
      {(status === 'RUNNING' || status === 'QUEUED') && (
        <button
          type="button"
          class="button"
          disabled={busy}
          onClick={() => void act(async () => (await pauseSession({ id })).data?.pauseSession)}
        >
          <Icon name="pause" />
          Pause
        </button>
      )}
      {status === 'PAUSED' && (
        <button
          type="button"
          class="button primary"
          disabled={busy}
          onClick={() => void act(async () => (await resumeSession({ id })).data?.resumeSession)}
        >
          <Icon name="play" />
          Go on
        </button>
      )}
      {(status === 'COMPLETED' || status === 'CANCELLED') && step > 0 && (
        <button type="button" class="button" onClick={() => setDialog('continue')}>
          <Icon name="forward" />
          Paint on
        </button>
      )}
      {(ended || status === 'PAUSED') && (
        <button type="button" class="button" onClick={() => setDialog('branch')}>
          <Icon name="branch" />
          Branch off
        </button>
      )}
      {!ended && (
        <button
          type="button"
          class="button danger"
          disabled={busy}
          onClick={() => void act(async () => (await cancelSession({ id })).data?.cancelSession)}
        >
          <Icon name="close" />
          Cancel
        </button>
      )}
      {ended && (
        <>
          <Link class="button" href={`/?from=${id}`}>
            <Icon name="brush" />
            Edit as new
          </Link>
          <button
            type="button"
            class="button danger"
            aria-label="Delete"
            title="Delete"
            onClick={() => {
              deleteWithUndo(client, id, title ?? 'Untitled');
              navigate('/gallery');
            }}
          >
            <Icon name="trash" />
          </button>
        </>
      )}
      {dialog === 'continue' && <ContinueDialog session={session} onClose={close} />}
      {dialog === 'branch' && <BranchDialog session={session} onClose={close} />}
    </div>
  );
}
