/** Recipes: everything that determines a run, besides the images. */
import { EngineError } from '../errors.js';
import { LAYER_NAMES } from '../network/topology.js';
import {
  formatNumber,
  MAX_LAYER_WEIGHT,
  RECIPE_FIELD_ENTRIES,
  type LayerWeight,
  type RECIPE_FIELDS,
  type RecipeField,
} from './fields.js';

export type { LayerWeight } from './fields.js';

type Fields = typeof RECIPE_FIELDS;

type ValueOf<Field> = Field extends { type: 'STRING' }
  ? string
  : Field extends { type: 'BOOLEAN' }
    ? boolean
    : Field extends { type: 'INT' | 'FLOAT' }
      ? number
      : Field extends { type: 'ENUM'; values: infer Values }
        ? keyof Values
        : readonly LayerWeight[];

/** Serialisable as JSON; stored with each session. */
export type Recipe = {
  readonly [Name in keyof Fields]: ValueOf<Fields[Name]> | (Fields[Name] extends { onlyWith: object } ? null : never);
};

/** Replacements of single fields; absent fields stay as they are. */
export type RecipeOverrides = { readonly [Name in keyof Recipe]?: Recipe[Name] | undefined };

export type OptimizerName = Recipe['optimizer'];
export type Pooling = Recipe['pooling'];

/** The table's defaults; null for fields that do not apply. */
export const DEFAULT_RECIPE = defaultRecipe();

function defaultRecipe(): Recipe {
  const defaults = Object.fromEntries(RECIPE_FIELD_ENTRIES.map(([name, field]) => [name, field.default]));
  const applies = ({ onlyWith }: RecipeField) => !onlyWith || defaults[onlyWith.field] === onlyWith.value;
  return Object.fromEntries(
    RECIPE_FIELD_ENTRIES.map(([name, field]) => [name, applies(field) ? field.default : null]),
  ) as unknown as Recipe;
}

/** Parses a stored recipe. Fields that are newer than the recipe get their defaults. */
export function parseRecipe(json: string): Recipe {
  return { ...DEFAULT_RECIPE, ...(JSON.parse(json) as Partial<Recipe>) };
}

/**
 * A recipe with the given fields replaced, checked. A field that applies only with another field's value becomes its
 * default or null when that value changes.
 * @throws EngineError `INVALID_RECIPE`; `field` is the recipe's field
 */
export function overrideRecipe(base: Recipe, overrides: RecipeOverrides): Recipe {
  const given: Partial<Record<string, unknown>> = Object.fromEntries(
    Object.entries(overrides).filter(([, value]) => value !== undefined && value !== null),
  );
  const implied = RECIPE_FIELD_ENTRIES.flatMap(([name, { onlyWith, default: value }]) => {
    const other = onlyWith && given[onlyWith.field];
    if (other === undefined || other === base[onlyWith!.field as keyof Recipe]) return [];
    return [[name, other === onlyWith!.value ? value : null]];
  });
  const recipe = { ...base, ...(Object.fromEntries(implied) as object), ...given };
  checkRecipe(recipe);
  return recipe;
}

/** Throws EngineError `INVALID_RECIPE` if a field is out of range or fields contradict each other. */
export function checkRecipe(recipe: Recipe): void {
  for (const [name, field] of RECIPE_FIELD_ENTRIES) {
    const value: unknown = recipe[name];
    const { onlyWith } = field;
    if (onlyWith) {
      const other = recipe[onlyWith.field as keyof Recipe];
      if (other !== onlyWith.value && value !== null) {
        throw invalid(
          name,
          `\`${name}\` does not apply to ${onlyWith.field} ${String(other)}. Leave it out or set \`${onlyWith.field}\` to ${onlyWith.value}.`,
        );
      }
      if (other !== onlyWith.value) continue;
    }
    checkValue(name, field, value);
  }
  if (recipe.contentWeight > 0 && recipe.contentLayers.length === 0) {
    throw invalid(
      'contentLayers',
      '`contentLayers` is empty, but `contentWeight` is above 0. Name a layer or set `contentWeight` to 0.',
    );
  }
  if (recipe.styleLayers.length === 0) {
    throw invalid('styleLayers', '`styleLayers` is empty. Name at least one layer.');
  }
}

/**
 * Throws EngineError `INVALID_RECIPE` if the recipe names a layer that the network lacks.
 * @param names the network's layers, shallow to deep
 */
export function checkHasLayers(
  names: readonly string[],
  recipe: Pick<Recipe, 'contentLayers' | 'styleLayers' | 'network'>,
): void {
  for (const field of ['contentLayers', 'styleLayers'] as const) {
    const missing = recipe[field].find(({ layer }) => !names.includes(layer));
    if (!missing) continue;
    const message = `\`${field}\` names ${missing.layer}, which ${recipe.network} lacks. Use ${names[0]!} to ${names.at(-1)!}.`;
    throw invalid(field, message);
  }
}

function checkValue(name: string, field: RecipeField, value: unknown): void {
  const expect = (valid: boolean, allowed: string) => {
    if (!valid) throw invalid(name, `\`${name}\` is ${JSON.stringify(value)}. Set it to ${allowed}.`);
  };
  switch (field.type) {
    case 'STRING':
      return expect(typeof value === 'string', 'a text');
    case 'BOOLEAN':
      return expect(typeof value === 'boolean', 'true or false');
    case 'ENUM':
      return expect(
        typeof value === 'string' && Object.hasOwn(field.values, value),
        `one of ${Object.keys(field.values).join(', ')}`,
      );
    case 'INT':
    case 'FLOAT': {
      const { type, min, max } = field;
      const valid = type === 'INT' ? Number.isInteger(value) : Number.isFinite(value);
      const kind = type === 'INT' ? 'an integer' : 'a number';
      return expect(
        valid && (value as number) >= min && (value as number) <= max,
        `${kind} from ${formatNumber(min)} to ${formatNumber(max)}`,
      );
    }
    case 'LAYERS':
      expect(Array.isArray(value), 'a list of layers with their weights');
      return checkLayers(name, value as readonly LayerWeight[]);
  }
}

function checkLayers(field: string, layers: readonly LayerWeight[]): void {
  const seen = new Set<string>();
  for (const { layer, weight } of layers) {
    if (!LAYER_NAMES.includes(layer)) {
      throw invalid(field, `\`${field}\` names the unknown layer ${layer}. Use ${LAYER_NAMES.join(', ')}.`);
    }
    if (seen.has(layer)) throw invalid(field, `\`${field}\` names ${layer} twice. Name it once.`);
    seen.add(layer);
    if (!(weight > 0 && weight <= MAX_LAYER_WEIGHT)) {
      const limit = formatNumber(MAX_LAYER_WEIGHT);
      throw invalid(field, `\`${field}\` gives ${layer} the weight ${weight}. Use a weight above 0, at most ${limit}.`);
    }
  }
}

const invalid = (field: string, message: string) => new EngineError('INVALID_RECIPE', message, field);
