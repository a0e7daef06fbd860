import { useQuery } from '@urql/preact';
import { useEffect, useState } from 'preact/hooks';
import { TimelapseDocument, type TimelapseQuery } from '../generated/graphql';
import { Icon } from '../ui/icon';

type Film = NonNullable<NonNullable<TimelapseQuery['session']>['timelapse']>;

const FRAME_MS = 120;

/** How the painting came about. */
export function Timelapse({ id }: { id: string }) {
  const [{ data }] = useQuery({ query: TimelapseDocument, variables: { id }, requestPolicy: 'cache-and-network' });
  const film = data?.session?.timelapse;
  return film && film.frames.length > 1 ? <Player film={film} /> : null;
}

function Player({ film: { frames, animationUrl } }: { film: Film }) {
  const last = frames.length - 1;
  const [index, setIndex] = useState(last);
  const [playing, setPlaying] = useState(false);
  const frame = frames[Math.min(index, last)]!;

  useEffect(() => {
    if (!playing) return;
    const timer = setInterval(() => setIndex((index) => Math.min(index + 1, last)), FRAME_MS);
    return () => clearInterval(timer);
  }, [playing, last]);
  useEffect(() => {
    if (index >= last) setPlaying(false);
  }, [index, last]);

  return (
    <section class="panel timelapse" aria-label="Timelapse">
      <div class="timelapse-frames">
        {/* All are there, so that none flickers. */}
        {frames.map(({ seq, url }) => (
          <img key={seq} src={url} alt="" class={seq === frame.seq ? 'present' : ''} loading="lazy" />
        ))}
      </div>
      <div class="timelapse-controls">
        <button
          type="button"
          class="icon-button"
          aria-label={playing ? 'Stop the timelapse' : 'Play the timelapse'}
          onClick={() => {
            if (index >= last) setIndex(0);
            setPlaying(!playing);
          }}
        >
          <Icon name={playing ? 'pause' : 'play'} />
        </button>
        <input
          type="range"
          class="range"
          min="0"
          max={last}
          value={index}
          style={{ '--filled': `${(100 * index) / last}%` }}
          aria-label="Moment of the timelapse"
          aria-valuetext={`Step ${frame.step}`}
          onInput={({ currentTarget }) => {
            setPlaying(false);
            setIndex(currentTarget.valueAsNumber);
          }}
        />
        <span class="small soft">Step {frame.step}</span>
        {animationUrl && (
          <a class="icon-button" href={animationUrl} download="timelapse.webp" aria-label="Download the timelapse">
            <Icon name="download" />
          </a>
        )}
      </div>
    </section>
  );
}
