import { useQuery } from '@urql/preact';
import { useEffect, useState } from 'preact/hooks';
import { EstimateDocument, type CreateSessionInput, type EstimateQuery } from '../generated/graphql';
import { bytes, duration } from '../ui/format';

/** Dragging a slider asks once, when it rests. */
const REST_MS = 250;

/** What the server says of the input before it is begun; null while there is no input. */
export function useEstimate(input: CreateSessionInput | null): EstimateQuery['estimate'] | null {
  const text = JSON.stringify(input);
  const [rested, setRested] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setRested(text), REST_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const asked = JSON.parse(rested) as CreateSessionInput | null;
  const [{ data }] = useQuery({ query: EstimateDocument, variables: { input: asked! }, pause: asked === null });
  return asked && input ? (data?.estimate ?? null) : null;
}

interface EstimateProps {
  readonly estimate: NonNullable<EstimateQuery['estimate']['estimate']>;
  readonly onSize: (size: number) => void;
}

/** Time, memory and size; where it does not fit, the largest size that does is a click away. */
export function Estimate({ estimate, onSize }: EstimateProps) {
  const { seconds, memoryBytes, availableBytes, width, height, fits, largestSize } = estimate;
  return (
    <div class={fits ? 'estimate' : 'estimate notice bad'} role="status">
      {fits ? (
        <>
          <span>
            About <strong>{duration(seconds * 1000)}</strong>
          </span>
          <span>{bytes(memoryBytes)} of memory</span>
          <span>
            {width} × {height} px
          </span>
        </>
      ) : (
        <>
          <span>
            Needs {bytes(memoryBytes)} of memory, {bytes(availableBytes)} are there.
          </span>
          {largestSize !== null && (
            <button type="button" class="button compact" onClick={() => onSize(largestSize)}>
              Use {largestSize} px
            </button>
          )}
        </>
      )}
    </div>
  );
}
