/**
 * Writes web/src/generated: the Studio's operations as typed documents, the cache's keys and the table of controls. All
 * are made from what the server is made from (schema.graphql, the ranges), so that none can drift from it.
 */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { codegen } from '@graphql-codegen/core';
import * as typedDocuments from '@graphql-codegen/typed-document-node';
import * as operations from '@graphql-codegen/typescript-operations';
import {
  buildSchema,
  getNamedType,
  isEnumType,
  isObjectType,
  parse,
  type GraphQLInputObjectType,
  type GraphQLSchema,
} from 'graphql';
import { RECIPE_RANGES } from '../src/engine/recipe/resolve.js';

const SOURCE = new URL('../web/src/', import.meta.url);
const TARGET = new URL('generated/', SOURCE);

const text = await readFile(new URL('../schema.graphql', import.meta.url), 'utf8');
const schema = buildSchema(text);
await mkdir(TARGET, { recursive: true });
await write('graphql.ts', await typedOperations());
await write('keys.ts', `export const EMBEDDED = ${JSON.stringify(embedded(schema), null, 2)};\n`);
await write('controls.ts', `export const CONTROLS = ${JSON.stringify(controls(schema), null, 2)} as const;\n`);

/** One typed document for every operation in web/src. */
async function typedOperations(): Promise<string> {
  const files = (await readdir(SOURCE, { recursive: true })).filter((file) => file.endsWith('.graphql')).sort();
  const documents = await Promise.all(
    files.map(async (location) => ({ location, document: parse(await readFile(new URL(location, SOURCE), 'utf8')) })),
  );
  return await codegen({
    filename: 'graphql.ts',
    schema: parse(text),
    documents,
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

/** The object types that have no id: the cache keeps them within what they belong to. */
function embedded(schema: GraphQLSchema): string[] {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  return Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type) && !roots.includes(type) && !type.name.startsWith('__'))
    .filter((type) => isObjectType(type) && !('id' in type.getFields()))
    .map(({ name }) => name);
}

/** What the recipe's fields take, in the schema's own words. */
function controls(schema: GraphQLSchema): object {
  const recipe = schema.getType('RecipeInput') as GraphQLInputObjectType;
  return Object.fromEntries(
    Object.values(recipe.getFields()).map(({ name, description, type }) => {
      const range = RECIPE_RANGES[name as keyof typeof RECIPE_RANGES] as object | undefined;
      const named = getNamedType(type);
      const values = isEnumType(named)
        ? named.getValues().map(({ name, description }) => ({ name, description }))
        : undefined;
      return [name, { description, ...(range && { range }), ...(values && { values }) }];
    }),
  );
}

async function write(file: string, content: string): Promise<void> {
  await writeFile(new URL(file, TARGET), `/* Made by \`npm run web:types\`. */\n${content}`);
}
