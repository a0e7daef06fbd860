/** `npm run schema [-- --check]`: writes schema.graphql, sorted. */
import { lexicographicSortSchema, printSchema } from 'graphql';
import { getSchema } from '../src/resolvers/schema.js';
import { writeOrCheck } from './write-or-check.js';

const text = `${printSchema(lexicographicSortSchema(getSchema()))}\n`;
await writeOrCheck(new URL('../schema.graphql', import.meta.url), text, 'npm run schema');
