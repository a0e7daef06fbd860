import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import './compare.css';

interface CompareProps {
  /** Address of the content picture. */
  readonly before: string;
  /** The painting. */
  readonly children: ComponentChildren;
  readonly width: number;
  readonly height: number;
}

/** The painting, with the content before it up to a line that one moves: a slider over the whole picture. */
export function Compare({ before, children, width, height }: CompareProps) {
  const [share, setShare] = useState(0);
  return (
    <div class="compare" style={{ aspectRatio: `${width} / ${height}` }}>
      <div class="layer">{children}</div>
      <div class="layer" style={{ clipPath: `inset(0 ${100 - share}% 0 0)` }} aria-hidden="true">
        <img src={before} alt="" />
      </div>
      <input
        type="range"
        min="0"
        max="100"
        value={share}
        aria-label="Before and after"
        aria-valuetext={`${share} % of the original is shown`}
        onInput={(event) => setShare(event.currentTarget.valueAsNumber)}
      />
      <div class="handle" style={{ left: `${share}%` }} />
      {share > 12 && <span class="side before">Original</span>}
      {share < 88 && share > 0 && <span class="side after">Painting</span>}
    </div>
  );
}
