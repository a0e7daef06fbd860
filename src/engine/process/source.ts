/** How a child process of the engine is started: from `src/` through tsx, from `dist/` as it is. */
import { createRequire } from 'node:module';

const fromSource = import.meta.url.endsWith('.ts');

export const SCRIPT_EXTENSION = fromSource ? '.ts' : '.js';
export const EXEC_ARGV = fromSource ? ['--import', createRequire(import.meta.url).resolve('tsx')] : [];
