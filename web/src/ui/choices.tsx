import { useId } from 'preact/hooks';

interface ChoicesProps<T extends string> {
  readonly label: string;
  readonly hideLabel?: boolean;
  readonly options: readonly { readonly value: T; readonly label: string; readonly title?: string }[];
  readonly value: T;
  readonly onChange: (value: T) => void;
}

/** One of a few, side by side: radio buttons, with their keys. */
export function Choices<T extends string>({ label, hideLabel, options, value, onChange }: ChoicesProps<T>) {
  const name = useId();
  return (
    <fieldset class="field">
      <legend class={hideLabel ? 'unseen' : 'field-label'}>{label}</legend>
      <div class="choices">
        {options.map((option) => (
          <label key={option.value} title={option.title}>
            <input
              type="radio"
              name={name}
              value={option.value}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
            />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
