import type { ComponentProps } from 'preact';
import { useState } from 'preact/hooks';

interface NumberInputProps extends Omit<ComponentProps<'input'>, 'type' | 'value' | 'onInput' | 'onChange' | 'onBlur'> {
  /** Null shows the placeholder. */
  readonly value: number | null;
  /** Gets undefined for what is no number, such as nothing. */
  readonly onChange: (value: number | undefined) => void;
}

/**
 * A number that is taken once its typing is done. Until then it stands as typed, however often the page is drawn
 * meanwhile: an answer of the server must not put the old value back under the fingers.
 */
export function NumberInput({ value, onChange, ...others }: NumberInputProps) {
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <input
      {...others}
      type="number"
      value={typed ?? value ?? ''}
      onInput={({ currentTarget }) => setTyped(currentTarget.value)}
      onChange={({ currentTarget: { valueAsNumber } }) => {
        setTyped(null);
        onChange(Number.isNaN(valueAsNumber) ? undefined : valueAsNumber);
      }}
      onBlur={() => setTyped(null)}
    />
  );
}
