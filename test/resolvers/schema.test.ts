import { readFile } from 'node:fs/promises';
import {
  getIntrospectionQuery,
  graphqlSync,
  lexicographicSortSchema,
  parse,
  printSchema,
  validate,
  type IntrospectionQuery,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { playgroundTabs } from '../../src/http/playground.js';
import { checkComplexity, limitRules } from '../../src/graphql/limits.js';
import { getSchema } from '../../src/resolvers/schema.js';

describe('the schema', () => {
  it('equals schema.graphql', async () => {
    const committed = await readFile(new URL('../../schema.graphql', import.meta.url), 'utf8');
    expect(`${printSchema(lexicographicSortSchema(getSchema()))}\n`).toBe(committed);
  });

  it('describes every type, field, argument and input field', () => {
    const { data } = graphqlSync({ schema: getSchema(), source: getIntrospectionQuery() });
    const { types } = (data as unknown as IntrospectionQuery).__schema;
    const own = types.filter(({ name }) => !name.startsWith('__'));
    const roots = ['Query', 'Mutation', 'Subscription'];
    const undescribed = own.flatMap((type) => {
      const fields = ('fields' in type && type.fields) || ('inputFields' in type && type.inputFields) || [];
      return [
        ...(type.description || roots.includes(type.name) ? [] : [type.name]),
        ...fields.flatMap((field) => [
          ...(field.description ? [] : [`${type.name}.${field.name}`]),
          ...('args' in field ? field.args : [])
            .filter(({ description }) => !description)
            .map(({ name }) => `${type.name}.${field.name}(${name})`),
        ]),
      ];
    });
    expect(undescribed).toEqual([]);
  });

  it('validates the operations in the playground’s tabs', async () => {
    for (const { query } of await playgroundTabs()) expect(validate(getSchema(), parse(query))).toEqual([]);
  });

  it('allows introspection whatever the limits are', () => {
    const document = parse(getIntrospectionQuery());
    const limits = { maxAliases: 50, maxDepth: 1, maxComplexity: 1 };
    expect(validate(getSchema(), document, limitRules(limits))).toEqual([]);
    expect(checkComplexity({ schema: getSchema(), document }, limits)).toBeNull();
  });
});
