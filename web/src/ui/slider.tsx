import { useId } from 'preact/hooks';

interface SliderProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step?: number;
  /** The value in words; also what a screen reader says. */
  readonly text?: string;
  readonly hint?: string;
  /** Goes to the first and the last end of the track. */
  readonly ends?: readonly [string, string];
  readonly mistake?: string | undefined;
  readonly onInput: (value: number) => void;
}

/** A slider with its name and its value. */
export function Slider({ label, value, min, max, step = 1, text, hint, ends, mistake, onInput }: SliderProps) {
  const id = useId();
  const described = mistake ?? hint;
  return (
    <div class="field">
      <div class="field-head">
        <label for={id}>{label}</label>
        <output for={id}>{text ?? value}</output>
      </div>
      <input
        id={id}
        class="range"
        type="range"
        min={min}
        max={max}
        step={step}
        value={value}
        style={{ '--filled': `${((value - min) / (max - min)) * 100}%` }}
        aria-valuetext={text}
        aria-invalid={mistake ? true : undefined}
        aria-describedby={described ? `${id}-about` : undefined}
        onInput={(event) => onInput(event.currentTarget.valueAsNumber)}
      />
      {ends && (
        <div class="field-head hint" aria-hidden="true">
          <span>{ends[0]}</span>
          <span>{ends[1]}</span>
        </div>
      )}
      {described && (
        <p id={`${id}-about`} class={mistake ? 'mistake' : 'hint'}>
          {described}
        </p>
      )}
    </div>
  );
}
