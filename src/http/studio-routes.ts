import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Router, type RequestHandler, type Response } from 'express';
import sirv, { type Options } from 'sirv';
import { HttpError } from './errors.js';

/** The same relative path from src/http and from dist/http. */
const STUDIO = fileURLToPath(new URL('../../dist/web/', import.meta.url));
const SAMPLES = fileURLToPath(new URL('../../samples/', import.meta.url));

/** Every page is the same HTML file; its script shows the page of the URL. */
const PAGES = ['/', '/gallery', '/queue', '/sessions/:id'];

/** Pages load from this server only, and images also from memory. No inline script, no inline style. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HOUR_S = 3600;
const YEAR_S = 31_536_000;

/** The Studio at `/`, its assets, and the sample images at `/samples`. */
export function studioRoutes(): Router {
  const router = Router();
  router.get(PAGES, async (_request, response) => {
    const html = await readFile(path.join(STUDIO, 'index.html'), 'utf8').catch(() => {
      const message = 'The Studio has not been built. Run `npm run build`, then restart the server.';
      throw new HttpError(503, 'STUDIO_NOT_BUILT', message);
    });
    // The page names the assets of its build.
    response.set({ 'Content-Security-Policy': POLICY, 'Cache-Control': 'no-cache' }).send(html);
  });
  // The name of an asset contains a hash of its content. The build has compressed the assets (web/vite.config.ts).
  router.use(
    '/assets',
    files(path.join(STUDIO, 'assets'), { maxAge: YEAR_S, immutable: true, brotli: true, gzip: true }),
  );
  router.use(files(STUDIO, { maxAge: HOUR_S, etag: true }));
  router.use('/samples', files(SAMPLES, { maxAge: HOUR_S, etag: true }));
  return router;
}

/** Serves the files that a folder has now. A request for any other file is passed on. */
function files(folder: string, options: Options): RequestHandler {
  if (!existsSync(folder)) return (_request, _response, next) => next();
  const serve = sirv(folder, {
    ...options,
    extensions: [],
    // sirv replaces the Vary header of the CORS middleware.
    setHeaders: (response) => void (response as Response).vary('Origin'),
  });
  return (request, response, next) => {
    if (request.method === 'GET' || request.method === 'HEAD') serve(request, response, next);
    else next();
  };
}
