import { useQuery } from '@urql/preact';
import { useEffect, useRef } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { SessionDocument, type SessionDetailsFragment } from '../generated/graphql';
import { announce } from '../ui/announcer';
import { useTitle } from '../ui/title';
import { Heading } from './heading';
import { Ingredients } from './ingredients';
import { LossChart } from './loss-chart';
import { RunActions } from './run-actions';
import { RunFacts } from './run-facts';
import { ResultTools, useStrength } from './result-tools';
import './session.css';
import { isLive, STATUS_NAMES } from './status';
import { Timelapse } from './timelapse';
import { useProgress, type Progress } from './use-progress';
import { Canvas } from './canvas';

/** One session, from waiting to its result. What it is by now comes from the cache, which the stream keeps fresh. */
export function SessionPage({ id }: { id: string }) {
  const [{ data, error, fetching }, reload] = useQuery({
    query: SessionDocument,
    variables: { id },
    requestPolicy: 'cache-and-network',
  });
  const session = data?.session;
  if (session) return <Session session={session} />;
  if (fetching) return <p class="empty">Looking it up …</p>;
  return (
    <div class="empty">
      <h1>{error ? 'The server cannot be reached' : 'There is no such painting'}</h1>
      {error ? (
        <button type="button" class="button" onClick={() => reload({ requestPolicy: 'network-only' })}>
          Try again
        </button>
      ) : (
        <Link class="button" href="/gallery">
          To the gallery
        </Link>
      )}
    </div>
  );
}

function Session({ session }: { session: SessionDetailsFragment }) {
  const progress = useProgress(session.id, isLive(session.status));
  const strength = useStrength();
  const name = session.title ?? 'Untitled';
  useTitle(titleOf(session, name));
  useAnnouncements(session);
  return (
    <article class="session">
      <header class="page-head">
        <Heading session={session} />
        <RunActions session={session} />
      </header>
      <div class="session-body">
        <Canvas session={session} event={progress.event} strength={strength.value} />
        <div class="session-side">
          {session.error && (
            <p class="notice bad" role="alert">
              {session.error.message}
            </p>
          )}
          {session.status === 'COMPLETED' ? (
            <ResultTools session={session} strength={strength} />
          ) : (
            <RunFacts session={session} event={progress.event} />
          )}
          <Curve session={session} progress={progress} />
          {session.status === 'COMPLETED' && <Timelapse id={session.id} />}
          <Ingredients session={session} />
        </div>
      </div>
    </article>
  );
}

function Curve({ session: { recipe }, progress }: { session: SessionDetailsFragment; progress: Progress }) {
  return (
    <section aria-label="Losses" class="panel">
      <LossChart points={progress.points} contentWeight={recipe.contentWeight} styleWeight={recipe.styleWeight} />
    </section>
  );
}

/** The tab tells how far it is, for who looks at another. */
function titleOf({ status, step, totalSteps }: SessionDetailsFragment, name: string): string {
  return status === 'RUNNING' ? `${Math.floor((100 * step) / totalSteps)} % · ${name}` : name;
}

const TENTHS = 10;

/** Tells a screen reader of each change of status and of each tenth of the way: enough to follow, little to hear. */
function useAnnouncements({ status, step, totalSteps }: SessionDetailsFragment): void {
  const tenth = Math.floor((TENTHS * step) / totalSteps);
  const arrived = useRef(false);
  useEffect(() => {
    if (arrived.current) announce(status === 'RUNNING' ? `Painting, ${tenth * 10} percent` : STATUS_NAMES[status]);
    arrived.current = true;
  }, [status, status === 'RUNNING' && tenth]);
}
