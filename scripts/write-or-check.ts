import { readFile, writeFile } from 'node:fs/promises';

/** Writes a generated file. With --check: writes nothing, and exits with code 1 if the file has other content. */
export async function writeOrCheck(file: URL, text: string, command: string): Promise<void> {
  if (!process.argv.includes('--check')) return await writeFile(file, text);
  if ((await readFile(file, 'utf8').catch(() => '')) === text) return;
  console.error(`${file.pathname} is stale: run \`${command}\` and commit it.`);
  process.exitCode = 1;
}
