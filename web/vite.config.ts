import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Where `npm run web:dev` finds the API: a server started with `npm run dev`. */
const SERVER = 'http://127.0.0.1:4000';

export default defineConfig({
  root: here('.'),
  plugins: [compressAssets()],
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

/** Writes a .br and a .gz file next to each text asset; the server sends them to clients that accept the encoding. */
function compressAssets(): Plugin {
  let assets = '';
  return {
    name: 'compress-assets',
    apply: 'build',
    configResolved({ root, build }) {
      assets = path.resolve(root, build.outDir, build.assetsDir);
    },
    closeBundle() {
      for (const name of readdirSync(assets).filter((name) => /\.(js|css|svg)$/.test(name))) {
        const file = path.join(assets, name);
        const bytes = readFileSync(file);
        writeFileSync(`${file}.br`, brotliCompressSync(bytes));
        writeFileSync(`${file}.gz`, gzipSync(bytes));
      }
    },
  };
}
