import { readFile } from 'node:fs/promises';
import { buildSchema, isInputObjectType, isNonNullType, isObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { describeField, RECIPE_FIELD_ENTRIES } from '../../src/engine/index.js';
import { getSchema } from '../../src/resolvers/schema.js';

const read = (file: string) => readFile(new URL(`../../${file}`, import.meta.url), 'utf8');
const committed = buildSchema(await read('schema.graphql'));
const controls = await read('docs/controls.md');

describe.each(RECIPE_FIELD_ENTRIES)('the recipe field %s', (name, field) => {
  it.each([
    ['served', getSchema()],
    ['committed', committed],
  ])('is in the input and the output of the %s schema', (_, schema) => {
    const [input, output] = [schema.getType('RecipeInput'), schema.getType('Recipe')];
    if (!isInputObjectType(input) || !isObjectType(output)) throw new TypeError('no recipe types');
    const [given, returned] = [input.getFields()[name]!, output.getFields()[name]!];
    expect(given.description).toBe(describeField(field));
    expect(returned.description).toBe(describeField(field));
    expect(isNonNullType(given.type)).toBe(false);
    expect(isNonNullType(returned.type)).toBe(field.onlyWith === undefined);
  });

  it('has a section in docs/controls.md', () => {
    expect(controls).toContain(`\n### ${name}\n\n${describeField(field)}\n`);
  });
});

it('Recipe and RecipeInput have no other fields', () => {
  const names = RECIPE_FIELD_ENTRIES.map(([name]) => name).sort();
  for (const type of ['Recipe', 'RecipeInput']) {
    const fields = (getSchema().getType(type) as unknown as { getFields(): object }).getFields();
    expect(Object.keys(fields).sort()).toEqual(names);
  }
});
