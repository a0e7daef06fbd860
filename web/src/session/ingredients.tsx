import { plain } from '../api/plain';
import type { RecipeFieldsFragment, SessionDetailsFragment } from '../generated/graphql';
import { copy } from '../ui/copy';
import { fieldName, valueName, weight } from '../ui/format';
import { Icon } from '../ui/icon';

/** What it is made from: the pictures and the recipe. */
export function Ingredients({ session }: { session: SessionDetailsFragment }) {
  const { contentImage, styles, initialImage, keepMaskImage, preset, network, backend } = session;
  const recipe = plain(session.recipe);
  const sum = styles.reduce((total, style) => total + style.weight, 0);
  return (
    <section class="panel ingredients" aria-label="Made from">
      <ul class="ingredient-list">
        <Ingredient url={contentImage.thumbnail} name="Content" />
        {initialImage && <Ingredient url={initialImage.thumbnail} name="Begun with" />}
        {keepMaskImage && <Ingredient url={keepMaskImage.thumbnail} name="Stays" />}
        {styles.map((style, index) => (
          <Ingredient
            key={index}
            url={style.image.thumbnail}
            name={styles.length > 1 ? `Style, ${Math.round((100 * style.weight) / sum)} %` : 'Style'}
          />
        ))}
      </ul>
      <details class="recipe">
        <summary>
          Recipe
          <span class="soft small">
            {valueName(preset.toUpperCase().replaceAll('-', '_'))} · {recipe.size} px ·{' '}
            {network?.name ?? recipe.network}
          </span>
        </summary>
        <dl>
          {Object.entries(recipe).map(([field, value]) => (
            <div key={field}>
              <dt>{fieldName(field)}</dt>
              <dd>{show(value as RecipeFieldsFragment[keyof RecipeFieldsFragment])}</dd>
            </div>
          ))}
          {backend && (
            <div>
              <dt>Backend</dt>
              <dd>{backend}</dd>
            </div>
          )}
        </dl>
        <button
          type="button"
          class="button compact"
          onClick={() => void copy(JSON.stringify(recipe, null, 2), 'Recipe copied as JSON.')}
        >
          <Icon name="copy" />
          Copy as JSON
        </button>
      </details>
    </section>
  );
}

function Ingredient({ url, name }: { url: string; name: string }) {
  return (
    <li>
      <figure>
        <img src={url} alt="" loading="lazy" />
        <figcaption>{name}</figcaption>
      </figure>
    </li>
  );
}

function show(value: RecipeFieldsFragment[keyof RecipeFieldsFragment]): string {
  if (value === null) return '–';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return weight(value);
  if (typeof value === 'string') return /^[A-Z_]+$/.test(value) ? valueName(value) : value;
  return value.map(({ layer, weight: share }) => `${layer} ${weight(share)}`).join(', ');
}
