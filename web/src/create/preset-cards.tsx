import type { WorkbenchQuery } from '../generated/graphql';

type Preset = WorkbenchQuery['presets'][number];

/** What the built-in presets make of the samples (`npm run presets`), by name. */
const THUMBNAILS = new Map(
  Object.entries(import.meta.glob<string>('./presets/*.webp', { eager: true, query: '?url', import: 'default' })).map(
    ([path, url]) => [path.slice('./presets/'.length, -'.webp'.length), url],
  ),
);

interface PresetCardsProps {
  readonly presets: readonly Preset[];
  readonly value: string;
  readonly mistake: string | undefined;
  readonly onChange: (name: string) => void;
}

/** The presets, each with a picture of what it does. */
export function PresetCards({ presets, value, mistake, onChange }: PresetCardsProps) {
  return (
    <fieldset class="field">
      <legend class="unseen">Preset</legend>
      <div class="presets">
        {presets.map(({ name, title, description, recipe }) => (
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
