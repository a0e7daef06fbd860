import { useId } from 'preact/hooks';
import { NumberInput } from './number-input';

interface NumberFieldProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly mistake: string | undefined;
  readonly onChange: (value: number) => void;
}

/** A whole number with its name. */
export function NumberField({ label, value, min, max, mistake, onChange }: NumberFieldProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <NumberInput
        id={id}
        class="input"
        min={min}
        max={max}
        value={value}
        aria-invalid={mistake ? true : undefined}
        aria-describedby={mistake ? `${id}-about` : undefined}
        onChange={(value) => value !== undefined && onChange(value)}
      />
      {mistake && (
        <p id={`${id}-about`} class="mistake" role="alert">
          {mistake}
        </p>
      )}
    </div>
  );
}
