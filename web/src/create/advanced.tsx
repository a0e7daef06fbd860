import { useEffect, useRef } from 'preact/hooks';
import { GROUPS } from '../generated/controls';
import type { RecipeFieldsFragment, WorkbenchQuery } from '../generated/graphql';
import { Icon } from '../ui/icon';
import { RecipeControl } from './control';
import { change, override, placeInitial, placeKeep, type Draft } from './draft';
import type { Mistakes } from '../api/mistakes';
import { SmallPicture } from './small-picture';

interface AdvancedProps {
  readonly draft: Draft;
  readonly recipe: RecipeFieldsFragment;
  readonly networks: WorkbenchQuery['engine']['networks'];
  readonly mistakes: Mistakes;
  /** The recipe shall become a preset. */
  readonly onKeep: () => void;
}

/** Every control of the recipe. It opens by itself where one of them is at fault. */
export function Advanced({ draft, recipe, networks, mistakes, onKeep }: AdvancedProps) {
  const drawer = useRef<HTMLDetailsElement>(null);
  const wrong = mistakes.under('recipe') ?? mistakes.at('initialImageId') ?? mistakes.at('keepMaskImageId');
  useEffect(() => {
    if (wrong) drawer.current!.open = true;
  }, [wrong]);
  const changed = Object.keys(draft.overrides).length;
  return (
    <details class="advanced" ref={drawer}>
      <summary>
        All controls
        {changed > 0 && <span class="badge">{changed} changed</span>}
      </summary>
      {changed > 0 && (
        <div class="actions">
          <button type="button" class="button quiet compact" onClick={() => change({ overrides: {} })}>
            <Icon name="reset" />
            Everything back to the preset’s
          </button>
          <button type="button" class="button quiet compact" onClick={onKeep}>
            <Icon name="plus" />
            Keep as a preset
          </button>
        </div>
      )}
      {Object.entries(GROUPS).map(([title, fields]) => (
        <fieldset key={title} class="control-group">
          <legend>{title}</legend>
          {fields.map((field) => (
            <RecipeControl
              key={field}
              {...{ field, recipe, networks }}
              overrides={draft.overrides}
              mistake={mistakes.at(`recipe.${field}`)}
            />
          ))}
          {title === 'Start' && <OtherPictures draft={draft} mistakes={mistakes} />}
        </fieldset>
      ))}
    </details>
  );
}

/** Pictures that a recipe goes with. */
function OtherPictures({ draft: { initial, keep }, mistakes }: { draft: Draft; mistakes: Mistakes }) {
  return (
    <>
      <div class="field control">
        <span class="field-label">Picture to begin with</span>
        <SmallPicture
          label="Picture to begin with"
          choose="Choose"
          hint="Sets the initial image to “Image”."
          picture={initial}
          onFile={placeInitial}
          onRemove={() => {
            change({ initial: null });
            override('initialImage', undefined);
          }}
        />
        <FieldHint mistake={mistakes.at('initialImageId')} hint="Sets the initial image to “Image”." />
      </div>
      <div class="field control">
        <span class="field-label">Mask of what stays</span>
        <SmallPicture
          label="Mask of what stays"
          choose="Choose"
          hint="The content stays untouched where this picture is white."
          picture={keep}
          onFile={placeKeep}
          onRemove={() => change({ keep: null })}
        />
        <FieldHint
          mistake={mistakes.at('keepMaskImageId')}
          hint="The content stays untouched where this picture is white."
        />
      </div>
    </>
  );
}

function FieldHint({ mistake, hint }: { mistake: string | undefined; hint: string }) {
  return <p class={mistake ? 'mistake' : 'hint'}>{mistake ?? hint}</p>;
}
