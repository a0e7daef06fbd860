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
          {resultImage ? (
            // The server blends the same way, value by value; here it follows the finger.
            <>
              <img class="under" src={contentImage.medium} alt="" />
              <img src={resultImage.medium} alt="The painting" style={{ opacity: strength / 100 }} />
            </>
          ) : (
            <SmoothImage
              src={preview ?? contentImage.medium}
              alt={preview ? 'The painting so far' : 'The picture that will be painted'}
            />
          )}
        </Compare>
      </div>
    </div>
  );
}
