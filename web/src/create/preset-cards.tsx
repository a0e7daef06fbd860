import { useMutation } from '@urql/preact';
import { DeletePresetDocument, type PresetCardFragment } from '../generated/graphql';
import { useAct } from '../session/use-act';
import { Icon } from '../ui/icon';

/** What the built-in presets make of the samples (`npm run presets`), by name. */
const THUMBNAILS = new Map(
  Object.entries(import.meta.glob<string>('./presets/*.webp', { eager: true, query: '?url', import: 'default' })).map(
    ([path, url]) => [path.slice('./presets/'.length, -'.webp'.length), url],
  ),
);

interface PresetCardsProps {
  readonly presets: readonly PresetCardFragment[];
  readonly value: string;
  readonly mistake: string | undefined;
  readonly onChange: (name: string) => void;
}

/** The presets, each with a picture of what it does. */
export function PresetCards({ presets, value, mistake, onChange }: PresetCardsProps) {
  const [, deletePreset] = useMutation(DeletePresetDocument);
  const { busy, act } = useAct();
  const remove = async ({ id, name }: Pick<PresetCardFragment, 'id' | 'name'>) => {
    const gone = await act(async () => (await deletePreset({ id })).data?.deletePreset);
    if (gone && name === value) onChange(presets[0]!.name);
  };
  return (
    <fieldset class="field">
      <legend class="unseen">Preset</legend>
      <div class="presets">
        {presets.map(({ id, name, title, description, builtIn, recipe }) => (
          <div key={name} class="preset">
            <label title={description}>
              <input
                type="radio"
                name="preset"
                value={name}
                checked={name === value}
                aria-describedby={`preset-${name}`}
                onChange={() => onChange(name)}
              />
              <span class="preset-card">
                {THUMBNAILS.has(name) ? (
                  <img src={THUMBNAILS.get(name)} alt="" width="240" height="160" loading="lazy" />
                ) : (
                  <span class="preset-blank" aria-hidden="true">
                    {title.slice(0, 1)}
                  </span>
                )}
                <span class="preset-title">{title}</span>
                <span class="preset-facts">
                  {recipe.size} px · {recipe.steps} steps
                </span>
              </span>
            </label>
            {!builtIn && (
              <button
                type="button"
                class="icon-button on-picture"
                aria-label={`Delete the preset ${title}`}
                disabled={busy}
                onClick={() => void remove({ id, name })}
              >
                <Icon name="close" />
              </button>
            )}
            <span id={`preset-${name}`} class="unseen">
              {description}
            </span>
          </div>
        ))}
      </div>
      <p class="hint" aria-hidden="true">
        {presets.find(({ name }) => name === value)?.description}
      </p>
      {mistake && <p class="mistake">{mistake}</p>}
    </fieldset>
  );
}
