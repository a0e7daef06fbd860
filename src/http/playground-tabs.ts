import { readFile } from 'node:fs/promises';

interface Tab {
  readonly query: string;
  /** JSON. */
  readonly variables?: string;
}

/** Beside the sources and beside the built program alike: src/http and dist/http are equally deep. */
const OPERATIONS = new URL('../../docs/graphql/', import.meta.url);

/** Of docs/operations, in the order in which somebody new needs them, with the variables to fill in. */
const TABS: readonly { readonly file: string; readonly variables?: object }[] = [
  { file: 'presets' },
  {
    file: 'paint',
    variables: { input: { contentImageId: 'img_', styles: [{ imageId: 'img_', weight: 1 }], preset: 'draft' } },
  },
  { file: 'watch', variables: { id: 'ses_' } },
  { file: 'sessions' },
  { file: 'queue' },
];

/** The playground's first tabs. Each is titled by its first operation. */
export function playgroundTabs(): Promise<Tab[]> {
  return Promise.all(
    TABS.map(async ({ file, variables }) => ({
      query: await readFile(new URL(`${file}.graphql`, OPERATIONS), 'utf8'),
      ...(variables && { variables: JSON.stringify(variables, null, 2) }),
    })),
  );
}
