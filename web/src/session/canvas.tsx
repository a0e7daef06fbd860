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
  const { contentImage, resultImage, width, height } = session;
  const preview = event?.preview?.url;
  return (
    <div class="canvas">
      <div class="canvas-frame" style={{ '--ratio': width / height }}>
        <Compare before={contentImage.medium} width={width} height={height}>
          {/* The server blends the same way, value by value; here it follows the finger. */}
          {resultImage && <img src={contentImage.medium} alt="" />}
          <div class="layer" style={{ opacity: resultImage ? strength / 100 : 1 }}>
            <SmoothImage src={resultImage?.medium ?? preview ?? contentImage.medium} alt={describe(session, preview)} />
          </div>
        </Compare>
      </div>
    </div>
  );
}

function describe({ resultImage }: SessionDetailsFragment, preview: string | undefined): string {
  if (resultImage) return 'The painting';
  return preview ? 'The painting so far' : 'The picture that will be painted';
}
