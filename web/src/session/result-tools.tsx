import { useQuery } from '@urql/preact';
import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { ResultUrlDocument, type SessionDetailsFragment } from '../generated/graphql';
import { copy } from '../ui/copy';
import { bytes, duration } from '../ui/format';
import { Icon } from '../ui/icon';
import { Slider } from '../ui/slider';

const FULL = 100;

export interface Strength {
  readonly value: number;
  readonly set: (value: number) => void;
}

/** How much of the result lies over the content, percent. */
export function useStrength(): Strength {
  const [value, set] = useState(FULL);
  return { value, set };
}

interface ResultToolsProps {
  readonly session: SessionDetailsFragment;
  readonly strength: Strength;
}

/** What one does with a finished painting. */
export function ResultTools({ session, strength }: ResultToolsProps) {
  const { id, width, height, elapsedMs, step, resultImage } = session;
  // Asked for only where it differs from what the session has told.
  const [{ data }] = useQuery({
    query: ResultUrlDocument,
    variables: { id, strength: strength.value },
    pause: strength.value === FULL,
  });
  const urls = (strength.value === FULL ? session : data?.session) ?? session;
  const name = (session.title ?? 'painting').replaceAll(/[^\p{L}\p{N}]+/gu, '-');
  return (
    <section class="panel result" aria-label="Result">
      <p class="soft small">
        {width} × {height} px, {resultImage && bytes(resultImage.byteSize)} · {step} steps in {duration(elapsedMs)}
      </p>
      <Slider
        label="Strength"
        min={0}
        max={FULL}
        value={strength.value}
        text={`${strength.value} %`}
        ends={['Original', 'Painting']}
        onInput={strength.set}
      />
      <div class="downloads" role="group" aria-label="Download">
        {(['png', 'jpeg', 'webp'] as const).map((format) => (
          <a key={format} class="button" href={urls[format]!} download={`${name}.${format}`}>
            <Icon name="download" />
            {format === 'webp' ? 'WebP' : format.toUpperCase()}
          </a>
        ))}
      </div>
      <div class="actions">
        <a class="button compact quiet" href={urls.png!} target="_blank" rel="noreferrer">
          <Icon name="expand" />
          Full size
        </a>
        <button type="button" class="button compact quiet" onClick={() => void share(session)}>
          <Icon name="link" />
          Share link
        </button>
        {resultImage && (
          <>
            <Link class="button compact quiet" href={`/?content=${resultImage.id}`}>
              <Icon name="image" />
              Use as content
            </Link>
            <Link class="button compact quiet" href={`/?style=${resultImage.id}`}>
              <Icon name="brush" />
              Use as style
            </Link>
          </>
        )}
      </div>
    </section>
  );
}

/** The device's own way to share, where it has one; else the address goes to the clipboard. */
async function share({ title }: SessionDetailsFragment): Promise<void> {
  const url = location.href;
  if ('share' in navigator && matchMedia('(pointer: coarse)').matches) {
    // Whoever thinks better of it has not made a mistake.
    await navigator.share({ title: title ?? 'A painting', url }).catch(() => undefined);
    return;
  }
  await copy(url, 'Link copied.');
}
