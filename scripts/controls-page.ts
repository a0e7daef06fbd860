import { isEnumType, type GraphQLInputObjectType, type GraphQLObjectType } from 'graphql';
import { format, resolveConfig } from 'prettier';
import { NETWORK_NAMES } from '../src/engine/install/locate.js';
import { LAYER_NAMES } from '../src/engine/network/topology.js';
import { PRESETS } from '../src/engine/recipe/presets.js';
import type { LayerWeight, Recipe } from '../src/engine/recipe/recipe.js';
import { RECIPE_RANGES } from '../src/engine/recipe/resolve.js';
import { getSchema } from '../src/resolvers/schema.js';
import { SERVED_SIZES } from '../src/images/image-service.js';
import { IMAGE_EFFECTS, RECIPE_EFFECTS, type Effect } from './effects.js';

export const CONTROLS_FILE = new URL('../docs/controls.md', import.meta.url);

type Field = keyof Recipe;
const FIELDS = Object.keys(PRESETS[0]!.recipe) as Field[];

/** The page of all controls. The pictures of what they do are made by `npm run controls:pictures`. */
export async function renderControls(): Promise<string> {
  const recipe = getSchema().getType('Recipe') as GraphQLObjectType;
  const types = recipe.getFields();
  const choices = (field: Field) => {
    const type = types[field]!.type;
    const inner = 'ofType' in type ? type.ofType : type;
    return isEnumType(inner) ? inner.getValues() : [];
  };
  const range = (field: Field) => {
    if (field in RECIPE_RANGES) {
      const { min, max } = RECIPE_RANGES[field as keyof typeof RECIPE_RANGES];
      return `${show(min)} to ${show(max)}`;
    }
    if (field === 'network') return NETWORK_NAMES.join(', ');
    const example = PRESETS[0]!.recipe[field];
    if (typeof example === 'boolean') return 'true, false';
    if (Array.isArray(example)) return `${LAYER_NAMES[0]} to ${LAYER_NAMES.at(-1)}, each with a weight`;
    return choices(field)
      .map(({ name }) => name)
      .join(', ');
  };
  const rows = FIELDS.map((field) => [
    `[\`${field}\`](#${field.toLowerCase()})`,
    range(field),
    ...PRESETS.map((preset) => show(preset.recipe[field])),
  ]);
  const table = [
    ['Field', 'Range', ...PRESETS.map(({ name }) => `\`${name}\``)],
    Array.from({ length: 2 + PRESETS.length }, () => '---'),
    ...rows,
  ];
  const sections = FIELDS.map((field) => {
    const values = choices(field).map(({ name, description }) => `- \`${name}\`: ${description}`);
    return [`### ${field}`, types[field]!.description, values.join('\n'), showEffect(field, RECIPE_EFFECTS[field])]
      .filter(Boolean)
      .join('\n\n');
  });
  const page = `# Controls

Everything that determines a painting. This page is made by \`npm run controls\` from the schema, the ranges and the
presets; a test keeps it true.

## The recipe

A preset is a complete recipe. \`CreateSessionInput.recipe\` replaces single fields of it; what is out of range or
contradicts another field is refused with an error that names the field, before anything runs. The same seed, recipe,
network, backend and thread count give the same bytes.

${table.map((row) => `| ${row.join(' | ')} |`).join('\n')}

${sections.join('\n\n')}

## Pictures

- **Content and styles** are PNG, JPEG, WebP, TIFF, GIF (the first frame) or AVIF of any shape; grey, CMYK, 16 bits and
  other colour profiles become 8-bit sRGB, and pictures are turned upright.
- **Several styles** are blended by their \`weight\`, or painted each in a region of its own ([masks](#masks)), and each has a
  \`scale\`: the size of its motifs.
- **Alpha** of the content is split off before the run and put back on the result and on previews, which are WebP then
  instead of JPEG. What is hidden under it has no influence. Styles, and a picture to begin with, are put on white.
- **\`initialImageId\`** of \`CreateSessionInput\` names a picture to begin with: an uploaded one, or the result of another
  session. \`initialImage\` becomes \`IMAGE\`; any other value beside it is refused.

${showEffect('styles', IMAGE_EFFECTS.styles)}

${showEffect('scale', IMAGE_EFFECTS.scale)}

## Masks

A mask says where. Upload it like any picture: white counts fully, black not at all, grey in between. A colour counts as
its brightness; alpha is ignored. A mask belongs to the content and is stretched to its shape, so draw it over the content:
copy the picture in a painting program, fill a layer over it with black, paint the region white and save that layer alone
as PNG. A soft brush makes the passage between two regions soft.

${inputFields(['StyleInput.maskImageId', 'CreateSessionInput.keepMaskImageId'])}

- **Who paints where.** A style with a mask is painted where the mask is white, and only what lies there is compared with
  it. Styles without a mask share what the others' masks leave; a style that is to be everywhere gets a white mask. Styles
  with the same mask are blended there by their \`weight\`, and where masks overlap, each pulls as strongly as its mask is
  bright.
- **How strongly.** Each region is painted as strongly as a picture without masks, however small it is. Between regions,
  \`weight\` (the mean of a region's styles) says how much stronger one is painted than another. A grey mask paints weaker.
- **What is kept** is taken out of every region, and is the content's own pixels in previews and the result, whatever
  \`initialImage\`, \`colors\` and \`optimizer\` say.
- **Small regions.** At every scale and in every style layer, a mask must reach 8 of 255 levels of grey somewhere,
  averaged over as many pixels as a position of the layer stands for: 16 x 16 in \`relu5_1\`. Less is refused with
  INVALID_MASK before anything runs; make the region larger, or \`minScale\`.

${showEffect('masks', IMAGE_EFFECTS.masks)}

## The result

\`Session.resultUrl(size, format, strength)\` says where the result is served: \`GET /sessions/ID/result\` with

- \`size\`: the longest side, one of ${SERVED_SIZES.join(', ')}; never enlarged; its own size where absent.
- \`format\`: \`png\` (the default), \`jpeg\` (on white where it is transparent) or \`webp\`.
- \`strength\`: how much of the result lies over the content, 0 (the content) to 100 (the default), in percent. It needs
  no new run.

${showEffect('strength', IMAGE_EFFECTS.strength)}
`;
  return await format(page, { ...(await resolveConfig(CONTROLS_FILE)), parser: 'markdown' });
}

/** Input fields by `Type.field`, with what the schema says of them. */
function inputFields(paths: readonly string[]): string {
  return paths
    .map((path) => {
      const [type, field] = path.split('.') as [string, string];
      const { description } = (getSchema().getType(type) as GraphQLInputObjectType).getFields()[field]!;
      return `- **\`${path}\`**: ${description}`;
    })
    .join('\n');
}

/** A strip of paintings with what differs between them. */
function showEffect(name: string, effect?: Effect): string {
  if (!effect) return '';
  const labels = effect.variations.map(({ label }) => label).join('; ');
  return `![${name}: ${labels}](images/controls/${name}.jpg)\n\n_${name}, from left: ${labels}._`;
}

function show(value: Recipe[Field]): string {
  if (value === null) return '–';
  if (typeof value === 'object') return value.map(({ layer, weight }: LayerWeight) => `${layer}: ${weight}`).join(', ');
  if (typeof value !== 'number') return String(value);
  // Whichever is shorter: 384, 1e-6, 2147483647, 2e5.
  const [plain, exponential] = [String(value), value.toExponential().replace('e+', 'e')];
  return plain.length <= exponential.length ? plain : exponential;
}
