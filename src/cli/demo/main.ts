import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { EaselClient, type ProgressEvent } from './client.js';
import { createDisplay, type Display } from './display.js';
import { startServerProcess } from './server-process.js';

export interface DemoOptions {
  readonly content: string;
  readonly styles: readonly { readonly path: string; readonly weight: number }[];
  readonly preset: string;
  /** Overrides of the preset, as in `createSession`. */
  readonly recipe: { readonly size?: number; readonly steps?: number; readonly seed?: number };
  readonly out: string;
  readonly json: boolean;
}

/**
 * `easel demo`: starts a server, runs one session through the public API and shows its progress. Returns the exit code:
 * 1 if the session failed or was cancelled.
 */
export async function runDemo(options: DemoOptions): Promise<number> {
  const display = createDisplay(options.json, process.stdout);
  const styles = options.styles.map((style) => path.basename(style.path)).join(' and ');
  display.note(`Painting ${path.basename(options.content)} like ${styles}`);
  const server = await startServerProcess();
  const client = new EaselClient(server.url);
  try {
    return await runSession(client, options, display);
  } finally {
    await client.close();
    await server.close();
  }
}

async function runSession(client: EaselClient, options: DemoOptions, display: Display): Promise<number> {
  const contentImageId = await client.upload(options.content);
  const styles: { imageId: string; weight: number }[] = [];
  for (const { path, weight } of options.styles) styles.push({ imageId: await client.upload(path), weight });
  const { preset, recipe } = options;
  const { id, network } = await client.createSession({ contentImageId, styles, preset, recipe });
  display.note(`Preset ${preset}, network ${network.name}${network.isFallback ? ' (fallback for vgg19)' : ''}`);

  const cancel = () => void client.cancelSession(id);
  process.once('SIGINT', cancel);
  let last: ProgressEvent | undefined;
  for await (const event of client.progress(id, display.wantsPreview)) {
    last = event;
    await display.progress(event);
  }
  process.off('SIGINT', cancel);

  const result = last?.session.resultImage;
  if (!last || !result) {
    const error = last?.session.error;
    console.error(error ? `The session failed: ${error.message} (${error.code})` : 'Cancelled.');
    return 1;
  }
  const format = path.extname(options.out).slice(1).toLowerCase().replace('jpg', 'jpeg');
  await writeFile(options.out, await client.download(result.id, format));
  display.result(path.resolve(options.out), last);
  return 0;
}
