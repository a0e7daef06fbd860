/**
 * Writes web/src/generated: the Studio's operations as typed documents, the keys of the cache and the controls of a recipe.
 * The sources are schema.graphql and the engine's table of recipe fields.
 */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { codegen } from '@graphql-codegen/core';
import * as typedDocuments from '@graphql-codegen/typed-document-node';
import * as operations from '@graphql-codegen/typescript-operations';
import { buildSchema, isObjectType, parse, type GraphQLSchema } from 'graphql';
import { RECIPE_FIELD_ENTRIES } from '../src/engine/index.js';

const SOURCE = new URL('../web/src/', import.meta.url);
const TARGET = new URL('generated/', SOURCE);

const text = await readFile(new URL('../schema.graphql', import.meta.url), 'utf8');
const schema = buildSchema(text);
await mkdir(TARGET, { recursive: true });
await write('graphql.ts', await typedOperations());
await write('keys.ts', `export const EMBEDDED = ${JSON.stringify(embedded(schema), null, 2)};\n`);
await write(
  'controls.ts',
  `export const CONTROLS = ${JSON.stringify(controls(), null, 2)} as const;

/** The controls by heading, in the drawer's order. */
export const GROUPS = ${JSON.stringify(groups(), null, 2)} as const;

export type RecipeField = keyof typeof CONTROLS;
`,
);

/** All fields of a recipe, as a fragment. */
function recipeFragment(): string {
  const fields = RECIPE_FIELD_ENTRIES.map(([name, { type }]) =>
    type === 'LAYERS' ? `${name} { layer weight }` : name,
  );
  return `fragment RecipeFields on Recipe { ${fields.join(' ')} }`;
}

/** One typed document for every operation in web/src. */
async function typedOperations(): Promise<string> {
  const files = (await readdir(SOURCE, { recursive: true })).filter((file) => file.endsWith('.graphql')).sort();
  const documents = await Promise.all(
    files.map(async (location) => ({ location, document: parse(await readFile(new URL(location, SOURCE), 'utf8')) })),
  );
  return await codegen({
    filename: 'graphql.ts',
    schema: parse(text),
    documents: [...documents, { location: 'recipe-fields', document: parse(recipeFragment()) }],
    config: {
      useTypeImports: true,
      enumsAsTypes: true,
      skipTypename: true,
      scalars: { DateTimeISO: 'string', Upload: 'never' },
    },
    plugins: [{ operations: {} }, { documents: {} }],
    pluginMap: { operations, documents: typedDocuments },
  });
}

/** The object types without an id; the cache stores them within their parents. */
function embedded(schema: GraphQLSchema): string[] {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  return Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type) && !roots.includes(type) && !type.name.startsWith('__'))
    .filter((type) => isObjectType(type) && !('id' in type.getFields()))
    .map(({ name }) => name);
}

/** What the Studio shows of each field: its range or values, and the condition under which it applies. */
function controls(): object {
  return Object.fromEntries(
    RECIPE_FIELD_ENTRIES.map(([name, { description, onlyWith, ...field }]) => [
      name,
      {
        description,
        onlyWith,
        ...('min' in field && { range: { min: field.min, max: field.max, integer: field.type === 'INT' } }),
        ...(field.type === 'ENUM' && {
          values: Object.entries(field.values).map(([value, description]) => ({ name: value, description })),
        }),
      },
    ]),
  );
}

function groups(): Record<string, string[]> {
  const groups: Record<string, string[]> = {};
  for (const [name, { group }] of RECIPE_FIELD_ENTRIES) (groups[group] ??= []).push(name);
  return groups;
}

async function write(file: string, content: string): Promise<void> {
  await writeFile(new URL(file, TARGET), `/* Made by \`npm run web:types\`. */\n${content}`);
}
