import type { GraphQLInputObjectType } from 'graphql';
import { format, resolveConfig } from 'prettier';
import {
  describeField,
  formatNumber,
  LAYER_NAMES,
  NETWORK_NAMES,
  PRESETS,
  RECIPE_FIELD_ENTRIES,
  type LayerWeight,
  type Recipe,
  type RecipeField,
} from '../src/engine/index.js';
import { SERVED_SIZES } from '../src/images/image-service.js';
import { getSchema } from '../src/resolvers/schema.js';
import { IMAGE_EFFECTS, RECIPE_EFFECTS, type Effect } from './effects.js';

export const CONTROLS_FILE = new URL('../docs/controls.md', import.meta.url);

/** The page of all controls. `npm run controls:images` makes its images. */
export async function renderControls(): Promise<string> {
  const table = [
    ['Field', 'Range', ...PRESETS.map(({ name }) => `\`${name}\``)],
    Array.from({ length: 2 + PRESETS.length }, () => '---'),
    ...RECIPE_FIELD_ENTRIES.map(([name, field]) => [
      `[\`${name}\`](#${name.toLowerCase()})`,
      name === 'network' ? NETWORK_NAMES.join(', ') : rangeOf(field),
      ...PRESETS.map(({ recipe }) => show(recipe[name])),
    ]),
  ];
  const sections = RECIPE_FIELD_ENTRIES.map(([name, field]) => {
    const values = field.type === 'ENUM' ? Object.entries(field.values) : [];
    const list = values.map(([value, description]) => `- \`${value}\`: ${description}`).join('\n');
    return [`### ${name}`, describeField(field), list, showEffect(name, RECIPE_EFFECTS[name])]
      .filter(Boolean)
      .join('\n\n');
  });
  const page = `# Controls

All controls of a run. \`npm run controls\` makes this page from the engine's table of recipe fields, the presets and the
schema; a test fails if the page is out of date.

## The recipe

A preset is a complete recipe. \`CreateSessionInput.recipe\` replaces single fields of a preset. A field that is out of range
or contradicts another field is rejected with an error that names the field. The same seed, recipe, network, backend and
thread count give the same bytes.

${table.map((row) => `| ${row.join(' | ')} |`).join('\n')}

${sections.join('\n\n')}

## Images

- **Content and styles** are PNG, JPEG, WebP, TIFF, GIF (first frame) or AVIF, of any shape. Grey, CMYK, 16-bit and other
  colour profiles are converted to 8-bit sRGB; the EXIF orientation is applied.
- **Several styles** are blended by \`weight\`, or each style is painted in its own region ([masks](#masks)). \`scale\` sets the
  size of a style's motifs.
- **Alpha** of the content is removed before the run and restored in previews and the result; previews are then WebP
  instead of JPEG. Fully transparent pixels do not influence the run. Styles and initial images are flattened on white.
- **\`initialImageId\`** of \`CreateSessionInput\` names the initial image: an uploaded image or the result of another
  session. It sets \`initialImage\` to \`IMAGE\`; any other value of \`initialImage\` is rejected.

${showEffect('styles', IMAGE_EFFECTS.styles)}

${showEffect('scale', IMAGE_EFFECTS.scale)}

## Masks

A mask limits a style, or the whole run, to a part of the content. Upload a mask like any image: white selects a pixel,
black does not, grey selects it in part. Colours count as their brightness; alpha is ignored. A mask is stretched to the
shape of the content. To draw a mask, copy the content in an image editor, add a black layer, paint the region white and
save that layer as PNG. A soft brush gives a soft border between two regions.

${inputFields(['StyleInput.maskImageId', 'CreateSessionInput.keepMaskImageId'])}

- **Regions.** A style with a mask is painted where its mask is white, and compared only with that part of the image. Styles
  without a mask share the area that the masks of other styles leave; give a style a white mask to paint it everywhere.
  Styles with the same mask are blended by \`weight\`. Where masks overlap, each style counts by the brightness of its mask.
- **Strength.** Each region is painted as strongly as an image without masks, whatever its size. The \`weight\` of a region
  (the mean over its styles) sets its strength relative to other regions. A grey mask paints less strongly.
- **Kept content** belongs to no region. Previews and the result show the content's pixels there, whatever
  \`initialImage\`, \`colors\` and \`optimizer\` are.
- **Small regions.** In every scale and style layer, a mask must reach 8 of 255 grey levels at one position at least,
  averaged over the pixels of that position: 16 x 16 pixels in \`relu5_1\`. A smaller mask is rejected with INVALID_MASK
  before the run; enlarge the region or raise \`minScale\`.

${showEffect('masks', IMAGE_EFFECTS.masks)}

## The result

\`Session.resultUrl(size, format, strength)\` returns the URL of the result: \`GET /sessions/ID/result\` with

- \`size\`: the long side, one of ${SERVED_SIZES.join(', ')}. Results are never enlarged. Default: the result's size.
- \`format\`: \`png\` (the default), \`jpeg\` (flattened on white) or \`webp\`.
- \`strength\`: opacity of the result over the content in percent, 0 (only the content) to 100 (the default). Another
  strength needs no new run.

${showEffect('strength', IMAGE_EFFECTS.strength)}
`;
  return await format(page, { ...(await resolveConfig(CONTROLS_FILE)), parser: 'markdown' });
}

/** A list of input fields, given as `Type.field`, with their descriptions in the schema. */
function inputFields(paths: readonly string[]): string {
  return paths
    .map((path) => {
      const [type, field] = path.split('.') as [string, string];
      const { description } = (getSchema().getType(type) as GraphQLInputObjectType).getFields()[field]!;
      return `- **\`${path}\`**: ${description}`;
    })
    .join('\n');
}

/** A strip of results and a caption that names their differences. */
function showEffect(name: string, effect?: Effect): string {
  if (!effect) return '';
  const labels = effect.variations.map(({ label }) => label).join('; ');
  return `![${name}: ${labels}](images/controls/${name}.jpg)\n\n_${name}, from left: ${labels}._`;
}

function rangeOf(field: RecipeField): string {
  switch (field.type) {
    case 'INT':
    case 'FLOAT':
      return `${formatNumber(field.min)} to ${formatNumber(field.max)}`;
    case 'BOOLEAN':
      return 'true, false';
    case 'LAYERS':
      return `${LAYER_NAMES[0]} to ${LAYER_NAMES.at(-1)}, each with a weight`;
    case 'ENUM':
      return Object.keys(field.values).join(', ');
    case 'STRING':
      return 'text';
  }
}

function show(value: Recipe[keyof Recipe]): string {
  if (value === null) return '–';
  if (typeof value === 'object') return value.map(({ layer, weight }: LayerWeight) => `${layer}: ${weight}`).join(', ');
  return typeof value === 'number' ? formatNumber(value) : String(value);
}
