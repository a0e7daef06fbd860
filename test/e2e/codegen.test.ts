import { readdir, readFile } from 'node:fs/promises';
import { codegen } from '@graphql-codegen/core';
import * as typedDocuments from '@graphql-codegen/typed-document-node';
import * as types from '@graphql-codegen/typescript';
import * as operations from '@graphql-codegen/typescript-operations';
import { parse } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { typeErrors } from '../support/type-check.js';

const ROOT = new URL('../../', import.meta.url);
const OPERATIONS = new URL('docs/graphql/', ROOT);

/** What a front-end with GraphQL Code Generator would get, in its usual setting: `schema.ts` and `operations.ts`. */
async function generate(): Promise<Record<'schema.ts' | 'operations.ts', string>> {
  const schema = parse(await readFile(new URL('schema.graphql', ROOT), 'utf8'));
  const files = await readdir(OPERATIONS);
  const documents = await Promise.all(
    files.map(async (file) => ({
      location: file,
      document: parse(await readFile(new URL(file, OPERATIONS), 'utf8')),
    })),
  );
  const config = {
    useTypeImports: true,
    strictScalars: true,
    scalars: { DateTimeISO: 'string', Upload: 'Blob' },
  };
  return {
    'schema.ts': await codegen({
      filename: 'schema.ts',
      schema,
      documents: [],
      config,
      plugins: [{ types: {} }],
      pluginMap: { types },
    }),
    'operations.ts': await codegen({
      filename: 'operations.ts',
      schema,
      documents,
      config,
      plugins: [{ operations: {} }, { typedDocuments: {} }],
      pluginMap: { operations, typedDocuments },
    }),
  };
}

/** A page that uses them: what it reads must have its type, no more and no less. */
const PAGE = `
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { PaintDocument, SessionsDocument, WatchDocument } from './operations.js';
import type { Session, UserErrorCode } from './schema.js';

declare function ask<Data, Variables>(document: TypedDocumentNode<Data, Variables>, variables: Variables): Data;

export const id: string | undefined = ask(PaintDocument, {
  input: { contentImageId: 'img_1', styles: [{ imageId: 'img_2' }], recipe: { size: 256, colors: 'STYLE' } },
}).createSession.session?.id;
export const titles: (string | null | undefined)[] = ask(SessionsDocument, { statuses: ['COMPLETED'] }).sessions.edges.map(
  ({ node }) => node.title,
);
export const total: number | undefined = ask(WatchDocument, { id: 'ses_1' }).sessionProgress.losses?.total;
export const createdAt: Session['createdAt'] = '2026-01-01T00:00:00Z';
export const code: \`\${UserErrorCode}\` = 'QUEUE_FULL';
`;

describe('GraphQL Code Generator', () => {
  let generated: Awaited<ReturnType<typeof generate>>;
  beforeAll(async () => {
    generated = await generate();
  });

  it('makes types and typed documents that compile', () => {
    expect(typeErrors({ ...generated, 'page.ts': PAGE }, ['es2023', 'dom'])).toEqual([]);
  });

  it('makes types that notice mistakes', () => {
    const wrong = PAGE.replace("id: 'ses_1'", 'afterSeq: 1')
      .replace('node.title', 'node.heading')
      .replace("'STYLE'", "'GREY'")
      .replace("'QUEUE_FULL'", "'QUEUE_LONG'");
    const errors = typeErrors({ ...generated, 'page.ts': wrong }, ['es2023', 'dom']);
    expect(errors.every((error) => error.startsWith('page.ts:'))).toBe(true);
    expect(errors).toHaveLength(4);
  });
});
