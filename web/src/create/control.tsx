import { useId } from 'preact/hooks';
import { CONTROLS, type RecipeField } from '../generated/controls';
import type { RecipeFieldsFragment, WorkbenchQuery } from '../generated/graphql';
import { fieldName, valueName, weight } from '../ui/format';
import { Icon } from '../ui/icon';
import { NumberInput } from '../ui/number-input';
import type { Overrides } from './draft';
import { override } from './draft';
import { LayerWeights } from './layer-weights';

interface Control {
  readonly description: string;
  readonly range?: { readonly min: number; readonly max: number; readonly integer?: boolean };
  readonly values?: readonly { readonly name: string; readonly description: string }[];
  /** The field applies only if another field has this value. */
  readonly onlyWith?: { readonly field: RecipeField; readonly value: string };
}

interface ControlProps {
  readonly field: RecipeField;
  /** The preset's recipe with all overrides. */
  readonly recipe: RecipeFieldsFragment;
  readonly overrides: Overrides;
  readonly networks: WorkbenchQuery['engine']['networks'];
  readonly mistake: string | undefined;
}

/** One field of the recipe: what it is called, what it takes, what it does, and the way back to the preset's value. */
export function RecipeControl({ field, recipe, overrides, networks, mistake }: ControlProps) {
  const id = useId();
  const control: Control = CONTROLS[field];
  const { onlyWith } = control;
  const idle = onlyWith !== undefined && recipe[onlyWith.field] !== onlyWith.value;
  return (
    <div class={`field control${field in overrides ? ' changed' : ''}`} data-field={field}>
      <div class="field-head">
        <label for={id}>{fieldName(field)}</label>
        {field in overrides && (
          <button
            type="button"
            class="icon-button"
            aria-label={`${fieldName(field)}: back to the preset’s`}
            title="Back to the preset’s"
            onClick={() => override(field, undefined)}
          >
            <Icon name="reset" />
          </button>
        )}
      </div>
      <Input {...{ id, field, control, recipe, networks, idle, mistake }} />
      <p id={`${id}-about`} class={mistake ? 'mistake' : 'hint'}>
        {mistake ??
          (idle
            ? `Only with ${fieldName(onlyWith.field).toLowerCase()} ${valueName(onlyWith.value)}.`
            : about(control, recipe[field]))}
      </p>
    </div>
  );
}

interface InputProps extends Pick<ControlProps, 'field' | 'recipe' | 'networks' | 'mistake'> {
  readonly id: string;
  readonly control: Control;
  readonly idle: boolean;
}

function Input({ id, field, control, recipe, networks, idle, mistake }: InputProps) {
  const value = recipe[field];
  const shared = {
    id,
    disabled: idle,
    'aria-invalid': mistake ? (true as const) : undefined,
    'aria-describedby': `${id}-about`,
  };
  if (field === 'network' || control.values) {
    const names = field === 'network' ? networks.map(({ name }) => name) : control.values!.map(({ name }) => name);
    return (
      <select
        {...shared}
        class="select compact"
        value={String(value)}
        onChange={({ currentTarget }) => override(field, currentTarget.value as never)}
      >
        {names.map((name) => (
          <option key={name} value={name}>
            {field === 'network' ? name : valueName(name)}
          </option>
        ))}
      </select>
    );
  }
  if (field === 'contentLayers' || field === 'styleLayers') {
    const layers = networks.find(({ name }) => name === recipe.network)?.layers ?? [];
    return (
      <LayerWeights
        id={id}
        label={fieldName(field)}
        names={layers.length > 0 ? layers : recipe[field].map(({ layer }) => layer)}
        value={recipe[field]}
        onChange={(layers) => override(field, layers)}
      />
    );
  }
  if (typeof value === 'boolean') {
    return (
      <input
        {...shared}
        type="checkbox"
        class="checkbox"
        checked={value}
        onChange={({ currentTarget }) => override(field, currentTarget.checked as never)}
      />
    );
  }
  return (
    <NumberInput
      {...shared}
      class="input compact"
      min={control.range?.min}
      max={control.range?.max}
      step={control.range?.integer ? 1 : 'any'}
      value={idle ? null : (value as number | null)}
      placeholder={idle ? '–' : 'the usual'}
      onChange={(value) => override(field, value as never)}
    />
  );
}

/** The description of the field, or of its chosen value. */
function about({ description, range, values }: Control, value: unknown): string {
  const text = (values?.find(({ name }) => name === value)?.description ?? description).replaceAll('`', '');
  return range ? `${weight(range.min)} to ${weight(range.max)}. ${text}` : text;
}
