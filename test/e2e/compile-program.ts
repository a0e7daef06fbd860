import { mkdtemp, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { TestProject } from 'vitest/node';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SOURCES = path.join(ROOT, 'src');

declare module 'vitest' {
  export interface ProvidedContext {
    /** The entry file of the program, compiled from src/. */
    easel: string;
  }
}

/**
 * A vitest global setup: compiles src/ once, so that tests of programs do not wait for tsx. The folder is in the root, as
 * src/ and dist/ are, because the program finds its other files relative to its own.
 */
export default async function compileProgram({ provide }: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(path.join(ROOT, 'dist-test-'));
  const files = await readdir(SOURCES, { recursive: true });
  await build({
    entryPoints: files.filter((file) => file.endsWith('.ts')).map((file) => path.join(SOURCES, file)),
    outbase: SOURCES,
    outdir: folder,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  provide('easel', path.join(folder, 'cli/main.js'));
  return () => rm(folder, { recursive: true, force: true });
}
