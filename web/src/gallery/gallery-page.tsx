import { useQuery, useSubscription } from '@urql/preact';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { Link, useSearch } from 'wouter-preact';
import { useStore } from '../api/store';
import { GalleryDocument, SessionsChangedDocument, type SessionsChangedSubscription } from '../generated/graphql';
import { useTitle } from '../ui/title';
import { Filters, NO_FILTER, type Filter } from './filters';
import './gallery.css';
import { leaving } from './leaving';
import { Tile } from './tile';

const PAGE = 24;

/** All paintings, newest first. The cache joins the pages into one list. */
export function GalleryPage() {
  useTitle('Gallery');
  const tag = new URLSearchParams(useSearch()).get('tag');
  const [filter, setFilter] = useState<Filter>(tag ? { tag } : NO_FILTER);
  const [after, setAfter] = useState<string | null>(null);
  const [{ data, error, fetching }, reload] = useQuery({
    query: GalleryDocument,
    variables: { ...filter, first: PAGE, after },
    requestPolicy: 'cache-and-network',
  });
  const gone = useStore(leaving);
  const follow = (_previous: unknown, { sessionsChanged: { change, gap, id } }: SessionsChangedSubscription) => {
    if (change === 'DELETED') leaving.set(new Set([...leaving.value, id]));
    // Further down nothing may jump: who is back at the top sees what is new.
    if ((change === 'CREATED' || gap) && after === null) reload({ requestPolicy: 'network-only' });
  };
  useSubscription({ query: SessionsChangedDocument, variables: {} }, follow);
  const { edges = [], pageInfo, totalCount } = data?.sessions ?? {};
  const shown = edges.filter(({ node }) => !gone.has(node.id));
  const next = useCallback(() => {
    if (!fetching && pageInfo?.hasNextPage) setAfter(pageInfo.endCursor);
  }, [fetching, pageInfo?.hasNextPage, pageInfo?.endCursor]);
  return (
    <>
      <header class="page-head">
        <div>
          <h1>Gallery</h1>
          <p>{totalCount === undefined ? 'All paintings, newest first' : count(totalCount)}</p>
        </div>
        <Filters
          value={filter}
          onChange={(filter) => {
            setAfter(null);
            setFilter(filter);
          }}
        />
      </header>
      {error && !data && (
        <div class="notice bad" role="alert">
          The server cannot be reached.
          <button type="button" class="button compact" onClick={() => reload({ requestPolicy: 'network-only' })}>
            Try again
          </button>
        </div>
      )}
      {data && shown.length === 0 && <Nothing filtered={filter !== NO_FILTER} />}
      <ul class="tiles" aria-busy={fetching}>
        {shown.map(({ node }) => (
          <Tile key={node.id} session={node} />
        ))}
      </ul>
      <EndOfList onReached={next} />
    </>
  );
}

function count(total: number): string {
  return total === 1 ? '1 painting' : `${total} paintings, newest first`;
}

function Nothing({ filtered }: { filtered: boolean }) {
  if (filtered) return <p class="empty">No painting is like that.</p>;
  return (
    <div class="empty">
      <p>Nothing has been painted yet.</p>
      <Link class="button primary" href="/">
        Paint the first
      </Link>
    </div>
  );
}

/** Comes into sight a little before the list ends. */
function EndOfList({ onReached }: { onReached: () => void }) {
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const observer = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && onReached(),
      {
        rootMargin: '600px',
      },
    );
    observer.observe(end.current!);
    return () => observer.disconnect();
  }, [onReached]);
  return <div ref={end} />;
}
