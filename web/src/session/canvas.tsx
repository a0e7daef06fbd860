import type { SessionDetailsFragment } from '../generated/graphql';
import { Compare } from '../ui/compare';
import { SmoothImage } from '../ui/smooth-image';
import type { ProgressEvent } from './use-progress';

interface CanvasProps {
  readonly session: SessionDetailsFragment;
  readonly event: ProgressEvent | null;
  /** How much of the result lies over the content, percent. */
  readonly strength: number;
}

/** The painting, as it is by now, with the content picture to compare it with. */
export function Canvas({ session, event, strength }: CanvasProps) {
  const { contentImage, width, height, status } = session;
  // One that goes on still has the result from before.
  const resultImage = status === 'COMPLETED' ? session.resultImage : null;
  const preview = event?.preview?.url;
  return (
    <div class="canvas">
      <div class="canvas-frame" style={{ '--ratio': width / height }}>
        <Compare before={contentImage.medium} width={width} height={height}>
          {/* The server blends the same way, value by value; here it follows the finger. */}
          {resultImage && <img src={contentImage.medium} alt="" />}
          <div class="layer" style={{ opacity: resultImage ? strength / 100 : 1 }}>
            <SmoothImage
              src={resultImage?.medium ?? preview ?? session.resultImage?.medium ?? contentImage.medium}
              alt={describe(session, preview)}
            />
          </div>
        </Compare>
      </div>
    </div>
  );
}

function describe({ status }: SessionDetailsFragment, preview: string | undefined): string {
  if (status === 'COMPLETED') return 'The painting';
  return preview ? 'The painting so far' : 'The picture that will be painted';
}
