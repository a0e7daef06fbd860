import { useClient, useSubscription } from '@urql/preact';
import { Link } from 'wouter-preact';
import { deleteWithUndo } from './delete';
import { TileProgressDocument, type SessionCardFragment } from '../generated/graphql';
import { StatusBadge } from '../session/status';
import { since } from '../ui/format';
import { Icon } from '../ui/icon';
import { SmoothImage } from '../ui/smooth-image';

/** A painting in the gallery; one that is being painted, live. */
export function Tile({ session }: { session: SessionCardFragment }) {
  const { id, title, status, width, height, resultImage, contentImage, createdAt, step, totalSteps } = session;
  const client = useClient();
  const running = status === 'RUNNING';
  const [{ data }] = useSubscription({
    query: TileProgressDocument,
    variables: { id },
    pause: !running,
  });
  const preview = data?.sessionProgress.preview?.url;
  const name = title ?? 'Untitled';
  const ratio = width / height;
  return (
    // Rows of equal height, filled from edge to edge, and no picture is cropped.
    <li class={`tile ${status}`} style={{ flexGrow: ratio, flexBasis: `${ratio * 15}rem` }}>
      <Link href={`/sessions/${id}`} style={{ aspectRatio: `${width} / ${height}` }}>
        <SmoothImage src={resultImage?.tile ?? preview ?? contentImage.tile} alt="" />
        <span class="tile-text">
          <span class="tile-name">{name}</span>
          {status === 'COMPLETED' ? <small>{since(createdAt)}</small> : <StatusBadge status={status} />}
        </span>
        {running && (
          <span class="tile-progress" aria-hidden="true">
            <span style={{ transform: `scaleX(${step / totalSteps})` }} />
          </span>
        )}
      </Link>
      <button
        type="button"
        class="icon-button on-picture"
        aria-label={`Delete ${name}`}
        onClick={() => deleteWithUndo(client, id, name)}
      >
        <Icon name="trash" />
      </button>
    </li>
  );
}
