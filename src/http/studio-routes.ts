import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import express, { Router } from 'express';
import { CompressedFiles } from './compressed-files.js';
import { HttpError } from './errors.js';

/** Beside the sources and beside the built program alike: src/http and dist/http are equally deep. */
const STUDIO = fileURLToPath(new URL('../../dist/web/', import.meta.url));
const SAMPLES = fileURLToPath(new URL('../../samples/', import.meta.url));

/** The Studio's pages; which of them it is, its script finds out. */
const PAGES = ['/', '/gallery', '/queue', '/sessions/:id'];

/** This server, pictures at hand, and nothing else. No inline script, no inline style. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Names of assets hold a hash of their content. */
const FOREVER = 'public, max-age=31536000, immutable';

/** The Studio at `/`, what it loads, and at `/samples` the sample pictures that it offers. */
export function studioRoutes(): Router {
  const router = Router();
  const assets = new CompressedFiles(path.join(STUDIO, 'assets'));

  router.get(PAGES, async (_request, response) => {
    const html = await readFile(path.join(STUDIO, 'index.html'), 'utf8').catch(() => {
      throw new HttpError(503, 'STUDIO_NOT_BUILT', 'The Studio has not been built yet. Run `npm run build`.');
    });
    // It names the assets of its build, so it is asked for anew each time.
    response.set({ 'Content-Security-Policy': POLICY, 'Cache-Control': 'no-cache' }).send(html);
  });

  router.get('/assets/:file', async (request, response, next) => {
    const { file } = request.params;
    const encoding = request.acceptsEncodings('br', 'gzip') || 'identity';
    const body = await assets.read(file, encoding as 'br' | 'gzip' | 'identity');
    if (!body) return next();
    response.vary('Accept-Encoding').type(path.extname(file)).set('Cache-Control', FOREVER);
    if (encoding !== 'identity') response.set('Content-Encoding', encoding);
    response.end(body);
  });

  router.use(express.static(STUDIO, { index: false, maxAge: '1h', redirect: false }));
  router.use('/samples', express.static(SAMPLES, { index: false, maxAge: '1h', redirect: false }));
  return router;
}
