import { useQuery } from '@urql/preact';
import { useEffect } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { EngineDocument, ViewerDocument, type EngineQuery } from '../generated/graphql';
import { StatusBadge } from '../session/status';
import { useTitle } from '../ui/title';
import { KeyPanel } from './keys';
import './queue.css';
import { QueueSwitch } from './queue-switch';

const REFRESH_MS = 3000;

const STATES: Record<EngineQuery['engine']['state'], string> = {
  STARTING: 'Starting',
  READY: 'Ready',
  BUSY: 'Painting',
  DOWN: 'Down',
};

/** What computes here and how much it has to do. */
export function QueuePage() {
  useTitle('Queue');
  const [{ data, error }, reload] = useQuery({
    query: EngineDocument,
    variables: {},
    requestPolicy: 'cache-and-network',
  });
  const [{ data: who }] = useQuery({ query: ViewerDocument, variables: {} });
  const isAdmin = who?.viewer.role === 'ADMIN';
  useEffect(() => {
    const timer = setInterval(() => reload({ requestPolicy: 'network-only' }), REFRESH_MS);
    return () => clearInterval(timer);
  }, [reload]);
  return (
    <>
      <header class="page-head">
        <div>
          <h1>Queue</h1>
          <p>What computes here, and how much it has to do.</p>
        </div>
        <div class="actions">
          {isAdmin && <QueueSwitch />}
          <a class="button" href="/playground">
            GraphQL playground
          </a>
        </div>
      </header>
      {error && !data && (
        <p class="notice bad" role="alert">
          The server cannot be reached.
        </p>
      )}
      {data && (
        <div class="queue">
          <Engine engine={data.engine} />
          <Waiting sessions={data.sessions} />
          <Networks networks={data.engine.networks} />
          {isAdmin && <KeyPanel />}
        </div>
      )}
    </>
  );
}

function Engine({ engine }: Pick<EngineQuery, 'engine'>) {
  const { state, backend, reason, threads, queueLength } = engine;
  return (
    <section class="panel" aria-labelledby="engine">
      <h2 id="engine">Engine</h2>
      <p class={`engine-state ${state}`}>{STATES[state]}</p>
      <dl class="engine-facts">
        <div>
          <dt>Backend</dt>
          <dd>{backend ?? 'not loaded yet'}</dd>
        </div>
        <div>
          <dt>Threads</dt>
          <dd>{threads}</dd>
        </div>
        <div>
          <dt>Waiting</dt>
          <dd>{queueLength}</dd>
        </div>
      </dl>
      {reason && <p class="hint">{reason}</p>}
    </section>
  );
}

function Waiting({ sessions }: Pick<EngineQuery, 'sessions'>) {
  // The one at work first, then in the order in which they will be.
  const order = sessions.edges.map(({ node }) => node).reverse();
  return (
    <section class="panel" aria-labelledby="waiting">
      <h2 id="waiting">At work and waiting</h2>
      {order.length === 0 ? (
        <p class="soft">Nothing is waiting.</p>
      ) : (
        <ol class="waiting">
          {order.map(({ id, title, status, step, totalSteps, contentImage }) => (
            <li key={id}>
              <img src={contentImage.tile} alt="" />
              <Link href={`/sessions/${id}`}>{title ?? 'Untitled'}</Link>
              <span class="soft small">
                {step} of {totalSteps} steps
              </span>
              <StatusBadge status={status} />
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function Networks({ networks }: Pick<EngineQuery['engine'], 'networks'>) {
  return (
    <section class="panel networks" aria-labelledby="networks">
      <h2 id="networks">Networks</h2>
      <div class="scroll" role="region" aria-labelledby="networks" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Layers</th>
              <th scope="col">Licence</th>
              <th scope="col">SHA-256</th>
            </tr>
          </thead>
          <tbody>
            {networks.map(({ name, layers, licence, sha256, source }) => (
              <tr key={name}>
                <th scope="row" title={source ?? undefined}>
                  {name}
                </th>
                <td>{layers.length > 0 ? `${layers.length}, to ${layers.at(-1)!}` : '–'}</td>
                <td class="words">{licence ?? '–'}</td>
                <td>{sha256 ? <code title={sha256}>{sha256.slice(0, 12)}</code> : 'not at hand'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
