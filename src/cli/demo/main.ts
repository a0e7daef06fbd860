/** `npm run demo`: starts a server, then does with it what any front-end would, and shows a photo becoming a painting. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { EaselClient, RequestError, type ProgressEvent } from './client.js';
import { createDisplay, type Display } from './display.js';
import { parseOptions, USAGE, UsageError, type DemoOptions } from './options.js';
import { startServerProcess } from './server-process.js';

async function main(args: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(args);
    if (!options) {
      console.log(USAGE);
      return 0;
    }
    return await withServer(options);
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof RequestError)) throw error;
    console.error(error.message);
    if (error instanceof UsageError) console.error(`\n${USAGE}`);
    return 1;
  }
}

async function withServer(options: DemoOptions): Promise<number> {
  const display = createDisplay(options.json, process.stdout);
  display.note(
    `Painting ${name(options.content)} like ${options.styles.map((style) => name(style.path)).join(' and ')}`,
  );
  const server = await startServerProcess();
  const client = new EaselClient(server.url);
  try {
    return await paint(client, options, display);
  } finally {
    await client.close();
    await server.close();
  }
}

async function paint(client: EaselClient, options: DemoOptions, display: Display): Promise<number> {
  const contentImageId = await client.upload(options.content);
  const styles: { imageId: string; weight: number }[] = [];
  for (const { path, weight } of options.styles) styles.push({ imageId: await client.upload(path), weight });
  const { preset, recipe } = options;
  const { id, network } = await client.createSession({ contentImageId, styles, preset, recipe });
  display.note(`Preset ${preset}, network ${network.name}${network.isFallback ? ' (standing in for vgg19)' : ''}`);

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

const name = (file: string) => path.basename(file);

process.exitCode = await main(process.argv.slice(2));
