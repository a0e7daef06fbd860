import { useId } from 'preact/hooks';

interface TextFieldProps {
  readonly label: string;
  readonly value: string;
  readonly placeholder?: string;
  readonly mistake?: string | undefined;
  readonly onInput: (value: string) => void;
}

/** A line of text with its name, and what is wrong with it. */
export function TextField({ label, value, placeholder, mistake, onInput }: TextFieldProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        class="input"
        value={value}
        placeholder={placeholder}
        aria-invalid={mistake ? true : undefined}
        aria-describedby={mistake ? `${id}-about` : undefined}
        onInput={({ currentTarget }) => onInput(currentTarget.value)}
      />
      {mistake && (
        <p id={`${id}-about`} class="mistake" role="alert">
          {mistake}
        </p>
      )}
    </div>
  );
}
