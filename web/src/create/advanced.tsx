import { useEffect, useRef } from 'preact/hooks';
import type { RecipeFieldsFragment, WorkbenchQuery } from '../generated/graphql';
import { Icon } from '../ui/icon';
import { RecipeControl } from './control';
import { change, override, placeInitial, type Draft } from './draft';
import { FilePicker } from './file-picker';
import type { Mistakes } from './mistakes';
import { GROUPS } from './recipe-fields';
import { UploadState } from './upload-state';

interface AdvancedProps {
  readonly draft: Draft;
  readonly recipe: RecipeFieldsFragment;
  readonly networks: WorkbenchQuery['engine']['networks'];
  readonly mistakes: Mistakes;
}

/** Every control of the recipe. It opens by itself where one of them is at fault. */
export function Advanced({ draft, recipe, networks, mistakes }: AdvancedProps) {
  const drawer = useRef<HTMLDetailsElement>(null);
  const wrong = mistakes.under('recipe') ?? mistakes.at('initialImageId');
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
        <button type="button" class="button quiet compact" onClick={() => change({ overrides: {} })}>
          <Icon name="reset" />
          Everything back to the preset’s
        </button>
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
          {title === 'Start' && <InitialPicture draft={draft} mistake={mistakes.at('initialImageId')} />}
        </fieldset>
      ))}
    </details>
  );
}

/** A picture of one's own for the run to begin with. */
function InitialPicture({ draft: { initial }, mistake }: { draft: Draft; mistake: string | undefined }) {
  return (
    <div class="field control">
      <span class="field-label">Picture to begin with</span>
      <div class="actions">
        {initial && <img class="initial" src={initial.preview} alt={`To begin with: ${initial.name}`} />}
        <FilePicker class="button compact" onFiles={([file]) => placeInitial(file!)}>
          {initial ? 'Replace' : 'Choose'}
        </FilePicker>
        {initial && (
          <button
            type="button"
            class="button quiet compact"
            onClick={() => {
              change({ initial: null });
              override('initialImage', undefined);
            }}
          >
            Remove
          </button>
        )}
      </div>
      {initial && <UploadState picture={initial} />}
      {mistake ? <p class="mistake">{mistake}</p> : <p class="hint">Sets the initial image to “Image”.</p>}
    </div>
  );
}
