import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Where `npm run web:dev` finds the API: a server started with `npm run dev`. */
const SERVER = 'http://127.0.0.1:4000';

export default defineConfig({
  root: here('.'),
  build: {
    // Beside the built server, which serves it; as deep from src/http as from dist/http.
    outDir: here('../dist/web'),
    emptyOutDir: true,
    target: 'es2022',
    // The policy allows no data: addresses but in pictures; and every file can be cached for ever by its name.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    // The proxied requests keep their Host: the origin guard wants it to be the Origin's.
    proxy: Object.fromEntries(
      ['/graphql', '/images', '/samples', '/playground', '^/sessions/[^/]+/.+'].map((path) => [
        path,
        { target: SERVER, ws: true },
      ]),
    ),
  },
});
