import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Router } from 'express';

/** The same relative paths from src/http and from dist/http. */
const PLAYGROUND_KEY = new URL('../../web/playground-key.js', import.meta.url);
const OPERATIONS = new URL('../../docs/graphql/', import.meta.url);

const FAVICON =
  'data:image/svg+xml,' +
  encodeURIComponent(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect x="4" y="5" width="24" height="17" rx="2" fill="#e4572e"/>' +
      '<circle cx="12" cy="12" r="3" fill="#ffc857"/><path d="M4 22l9-8 6 5 4-3 5 4v2z" fill="#17324d"/>' +
      '<path d="M11 22l-4 8M21 22l4 8" stroke="#8a5a2b" stroke-width="2"/></svg>',
  );

interface Page {
  readonly html: string;
  /** Content-Security-Policy: the page's own script and this server only. */
  readonly policy: string;
  readonly etag: string;
}

/**
 * `GET /playground`: the GraphQL playground; it works without the Internet. The page needs no key because it contains no
 * data. If requests need an API key, the page asks for one.
 */
export function playgroundRoutes(needsKeys: boolean): Router {
  const router = Router();
  const playground = once(() => playgroundPage(needsKeys));
  router.get('/playground', async (request, response) => {
    const { html, policy, etag } = await playground();
    response.set({ 'Content-Security-Policy': policy, 'Cache-Control': 'no-cache', ETag: etag });
    if (request.fresh) response.status(304).end();
    else response.send(html);
  });
  return router;
}

/** Rendered on the first request: the page has 9 MB. */
async function playgroundPage(needsKeys: boolean): Promise<Page> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const plain = renderGraphiQL({
    title: 'Easel',
    favicon: FAVICON,
    logo: `<img alt="" width="32" src="${FAVICON}">`,
    endpoint: '/graphql',
    subscriptionsProtocol: 'WS',
    defaultTabs: await playgroundTabs(),
  }).trim();
  const html = needsKeys ? withKey(plain, await readFile(PLAYGROUND_KEY, 'utf8')) : plain;
  const script = /<script>(.*?)<\/script>/s.exec(html)![1]!;
  return page(
    html,
    `default-src 'none'; script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'; worker-src blob:; ` +
      "style-src 'unsafe-inline'; font-src data:; img-src 'self' data: blob:; connect-src 'self'",
  );
}

const RENDER = 'YogaGraphiQL.renderYogaGraphiQL(';

/** Replaces the page's render call by a call of `renderWithKey`, which the script defines. */
function withKey(html: string, script: string): string {
  const start = html.lastIndexOf(RENDER);
  return `${html.slice(0, start)}${script}\nrenderWithKey(${html.slice(start + RENDER.length)}`;
}

function page(html: string, policy: string): Page {
  return {
    html,
    policy: `${policy}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    etag: `"${createHash('sha256').update(html).digest('base64url')}"`,
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

interface Tab {
  readonly query: string;
  /** JSON. */
  readonly variables?: string;
}

/** The playground's first tabs: files of docs/graphql in the order in which a new user needs them, with sample variables. */
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

/** Reads the playground's first tabs. GraphiQL names a tab after its first operation. */
export function playgroundTabs(): Promise<Tab[]> {
  return Promise.all(
    TABS.map(async ({ file, variables }) => ({
      query: await readFile(new URL(`${file}.graphql`, OPERATIONS), 'utf8'),
      ...(variables && { variables: JSON.stringify(variables, null, 2) }),
    })),
  );
}
