import type { RecipeFieldsFragment } from '../generated/graphql';
import { Choices } from '../ui/choices';
import { Slider } from '../ui/slider';
import { override } from './draft';
import type { Mistakes } from '../api/mistakes';

interface SettingsProps {
  /** The preset's own. */
  readonly preset: RecipeFieldsFragment;
  /** The preset's with all overrides. */
  readonly recipe: RecipeFieldsFragment;
  readonly mistakes: Mistakes;
}

const COLORS = [
  { value: 'STYLE', label: 'The style’s' },
  { value: 'COLOR_MATCHING', label: 'Matched' },
  { value: 'LUMINANCE_TRANSFER', label: 'The original’s' },
] as const;

/** Sliders for what nearly everybody wants to say; further than they go, the drawer does. */
const SIZE = { min: 64, max: 1024, step: 32 };
const STEPS = { min: 10, max: 500, step: 10 };
/** Powers of ten about the preset's own strength. */
const STRENGTH = { min: -2, max: 2, step: 0.1 };

/** The few controls that most paintings need. */
export function Settings({ preset, recipe, mistakes }: SettingsProps) {
  const strength = Math.log10(recipe.styleWeight / preset.styleWeight);
  const factor = recipe.styleWeight / preset.styleWeight;
  return (
    <div class="settings">
      <Slider
        label="Strength of style"
        {...widened(STRENGTH, strength)}
        value={strength}
        text={`× ${Number(factor.toPrecision(2))}`}
        ends={['Closer to the picture', 'Closer to the style']}
        mistake={mistakes.at('recipe.styleWeight')}
        onInput={(power) =>
          override(
            'styleWeight',
            Math.abs(power) < 1e-9 ? undefined : Number((preset.styleWeight * 10 ** power).toPrecision(3)),
          )
        }
      />
      <Slider
        label="Size"
        {...widened(SIZE, recipe.size)}
        value={recipe.size}
        text={`${recipe.size} px`}
        mistake={mistakes.at('recipe.size')}
        onInput={(size) => override('size', size === preset.size ? undefined : size)}
      />
      <Slider
        label="Steps"
        {...widened(STEPS, recipe.steps)}
        value={recipe.steps}
        mistake={mistakes.at('recipe.steps')}
        onInput={(steps) => override('steps', steps === preset.steps ? undefined : steps)}
      />
      <Choices
        label="Colours"
        options={COLORS}
        value={recipe.colors}
        onChange={(colors) => override('colors', colors === preset.colors ? undefined : colors)}
      />
    </div>
  );
}

/** A slider's range, as far as the value needs it. */
function widened<R extends { readonly min: number; readonly max: number }>(range: R, value: number): R {
  return { ...range, min: Math.min(range.min, value), max: Math.max(range.max, value) };
}
