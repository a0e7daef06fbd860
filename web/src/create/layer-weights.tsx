import type { RecipeFieldsFragment } from '../generated/graphql';
import { NumberInput } from '../ui/number-input';

type Layers = RecipeFieldsFragment['styleLayers'];

interface LayerWeightsProps {
  readonly id: string;
  readonly label: string;
  /** All layers, shallow to deep. */
  readonly names: readonly string[];
  readonly value: Layers;
  readonly onChange: (layers: Layers) => void;
}

/** Which layers a term has, and with what weight. */
export function LayerWeights({ id, label, names, value, onChange }: LayerWeightsProps) {
  const weights = new Map(value.map(({ layer, weight }) => [layer, weight]));
  const set = (layer: string, weight: number | undefined) => {
    const next = new Map(weights);
    if (weight === undefined) next.delete(layer);
    else next.set(layer, weight);
    onChange(names.filter((name) => next.has(name)).map((name) => ({ layer: name, weight: next.get(name)! })));
  };
  return (
    <div id={id} class="layers" role="group" aria-label={label} aria-describedby={`${id}-about`}>
      {names.map((name) => (
        <div key={name} class="layer-row">
          <label>
            <input
              type="checkbox"
              class="checkbox"
              checked={weights.has(name)}
              onChange={({ currentTarget }) => set(name, currentTarget.checked ? 1 : undefined)}
            />
            {name}
          </label>
          {weights.has(name) && (
            <NumberInput
              class="input compact"
              min="0"
              step="any"
              aria-label={`${label}: weight of ${name}`}
              value={weights.get(name)!}
              onChange={(weight) => set(name, weight ?? 1)}
            />
          )}
        </div>
      ))}
    </div>
  );
}
