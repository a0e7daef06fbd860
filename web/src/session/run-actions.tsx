import { useMutation } from '@urql/preact';
import { Link } from 'wouter-preact';
import { CancelSessionDocument, type SessionDetailsFragment } from '../generated/graphql';
import { Icon } from '../ui/icon';
import { isLive } from './status';
import { useAct } from './use-act';

/** What can be done with a session, by its status. */
export function RunActions({ session }: { session: SessionDetailsFragment }) {
  const [, cancelSession] = useMutation(CancelSessionDocument);
  const { busy, act } = useAct();
  const { id, status } = session;
  return (
    <div class="actions">
      {isLive(status) && (
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
      {!isLive(status) && (
        <Link class="button" href={`/?from=${id}`}>
          <Icon name="brush" />
          Edit as new
        </Link>
      )}
    </div>
  );
}
