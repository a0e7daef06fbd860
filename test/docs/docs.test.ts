import { access, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text as readText } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { parse, validate } from 'graphql';
import sharp from 'sharp';
import { describe, expect, it, onTestFinished } from 'vitest';
import { getSchema } from '../../src/resolvers/schema.js';
import { startTestServer } from '../support/server.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const read = (file: string) => readFile(path.join(ROOT, file), 'utf8');
const filesIn = async (folder: string) => (await readdir(path.join(ROOT, folder))).map((name) => `${folder}/${name}`);

const PAGES = [
  ...['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md'],
  ...(await filesIn('docs')).filter((file) => file.endsWith('.md')),
  ...(await filesIn('docs/adr')),
];

/** Contents of the fenced code blocks of a language. */
const blocks = (text: string, language: string) =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, code]) => code!);

/** Anchors of a page's headings, as GitHub makes them. */
const anchors = (text: string) =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

describe.each(PAGES)('%s', (page) => {
  it('names only files, headings, npm scripts and GraphQL fields that exist', async () => {
    const text = await read(page);
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!);
    for (const link of links.filter((target) => !/^https?:/.test(target))) {
      const [file, anchor] = link.split('#') as [string, string?];
      const target = file ? path.join(path.dirname(page), file) : page;
      await expect(access(path.join(ROOT, target)), link).resolves.toBeUndefined();
      if (anchor) expect(anchors(await read(target)), link).toContain(anchor);
    }

    const { scripts } = JSON.parse(await read('package.json')) as { scripts: Record<string, string> };
    const named = [...text.matchAll(/\bnpm run (?:-s )?([a-z0-9:]+)/g)].map(([, name]) => name!);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);

    for (const operation of blocks(text, 'graphql')) {
      expect(validate(getSchema(), parse(operation)), operation).toEqual([]);
    }
  });
});

it('docs/README.md lists every page', async () => {
  const text = await read('docs/README.md');
  const pages = (await readdir(path.join(ROOT, 'docs'))).filter((name) => !['README.md', 'images'].includes(name));
  expect(pages.filter((page) => !text.includes(`](${page})`))).toEqual([]);
});

it('the program in README.md downloads a result', async () => {
  const { url } = await startTestServer();
  const folder = await mkdtemp(path.join(tmpdir(), 'easel-readme-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await symlink(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
  const [code] = blocks(await read('README.md'), 'js');
  const changes: [string, string][] = [
    ['http://127.0.0.1:4000', url],
    ["preset: 'draft'", "preset: 'draft', recipe: { size: 48, steps: 4 }"],
  ];
  let program = code!;
  for (const [from, to] of changes) {
    expect(program).toContain(from);
    program = program.replace(from, to);
  }
  // Node 20 has no global WebSocket.
  await writeFile(
    path.join(folder, 'paint.mjs'),
    `import { WebSocket } from 'ws';\nglobalThis.WebSocket ??= WebSocket;\n${program}`,
  );
  const samples = ['landscape', 'swirls'].map((name) => path.join(ROOT, `samples/${name}.jpg`));
  const child = spawn(process.execPath, ['paint.mjs', ...samples], { cwd: folder });
  const [out, err] = await Promise.all([readText(child.stdout), readText(child.stderr), once(child, 'close')]);
  expect({ code: child.exitCode, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^COMPLETED 4\/4 [\d.]+\n$/m);
  expect(await sharp(path.join(folder, 'result.jpg')).metadata()).toMatchObject({ format: 'jpeg', width: 48 });
});
