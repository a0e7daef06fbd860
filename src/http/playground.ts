import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Router } from 'express';
import { playgroundTabs } from './playground-tabs.js';

const PLAYGROUND_KEY = new URL('../../web/playground-key.js', import.meta.url);

const FAVICON =
  'data:image/svg+xml,' +
  encodeURIComponent(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect x="4" y="5" width="24" height="17" rx="2" fill="#e4572e"/>' +
      '<circle cx="12" cy="12" r="3" fill="#ffc857"/><path d="M4 22l9-8 6 5 4-3 5 4v2z" fill="#17324d"/>' +
      '<path d="M11 22l-4 8M21 22l4 8" stroke="#8a5a2b" stroke-width="2"/></svg>',
  );

interface Page {
  readonly html: string;
  /** The page may use what it brings along and this server, and nothing else. */
  readonly policy: string;
  readonly etag: string;
}

/**
 * `GET /playground`: the GraphQL playground; it works without the Internet. It needs no key: it says nothing of what is kept
 * here. Where requests do, it asks for one.
 */
export function pageRoutes(needsKeys: boolean): Router {
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

/** Made when first asked for: the playground weighs nine megabytes. */
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

/** Has the page's start go through `renderWithKey` of the script. */
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
