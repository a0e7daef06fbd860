/** `easel networks`: lists, imports and downloads networks. */
import path from 'node:path';
import { loadConfig, type Config } from '../config.js';
import {
  createOnnxBackend,
  EMBEDDED_NETWORKS,
  EngineError,
  importNetwork,
  installNetwork,
  listNetworks,
  networkFile,
  withoutSecrets,
} from '../engine/index.js';
import { readSampleImages } from '../images/sample-images.js';
import { ImageCodec } from '../storage/index.js';

export interface ImportOptions {
  readonly name: string;
  readonly licence?: string;
  readonly source?: string;
}

export interface DownloadOptions {
  readonly url?: string;
}

export async function printNetworks(): Promise<void> {
  const { weights, cacheDir } = loadConfig();
  for (const { name, sha256, layers, licence } of await listNetworks({ weightsFile: weights, cacheDir })) {
    const state = sha256
      ? `${sha256.slice(0, 12)}  to ${layers.at(-1)}  ${licence ?? 'licence unknown'}`
      : 'not installed';
    console.log(`${name.padEnd(16)} ${state}`);
  }
}

export async function importNetworkFile(file: string, { name, licence, source }: ImportOptions): Promise<void> {
  if (EMBEDDED_NETWORKS.some((embedded) => embedded === name)) {
    throw new EngineError('INVALID_RECIPE', `${name} is an embedded network; choose another name.`, 'network');
  }
  const config = loadConfig();
  const target = networkFile(config.cacheDir, name);
  const images = await sampleImages(config);
  const metadata = { ...(licence && { licence }), ...(source && { source }) };
  const backend = createOnnxBackend(config);
  const means = await importNetwork({ source: path.resolve(file), target, images, metadata }, backend);
  for (const [layer, mean] of means) console.log(`${layer}  mean activation ${mean} -> 1`);
  console.log(`Imported ${name} as ${target}`);
}

export async function downloadVgg19(options: DownloadOptions): Promise<void> {
  const config = loadConfig();
  const url = options.url ?? config.weightsUrl;
  if (url === undefined) {
    throw new EngineError('NETWORK_NOT_FOUND', 'EASEL_WEIGHTS_URL is "offline"; name an address with --url.');
  }
  const target = networkFile(config.cacheDir, 'vgg19');
  const request = {
    network: { name: 'vgg19', from: { url }, target },
    images: await sampleImages(config),
    sha256: config.weightsSha256,
  };
  console.log(`Downloading the convolution weights from ${withoutSecrets(url)}`);
  const sha256 = await installNetwork(request, createOnnxBackend(config), createPercentPrinter(process.stdout));
  console.log(`Installed vgg19 as ${target}\nSHA-256 of the downloaded bytes: ${sha256}`);
}

/** Prints each percent in place on a terminal, and every tenth on a line of its own elsewhere. */
function createPercentPrinter(out: NodeJS.WriteStream): (progress: { received: number; total: number }) => void {
  let printed = -1;
  return ({ received, total }) => {
    const percent = Math.floor((100 * received) / total);
    if (percent === printed || (percent % 10 > 0 && !out.isTTY)) return;
    printed = percent;
    const line = `${percent} % of ${(total / 1e6).toFixed(1)} MB`;
    out.write(out.isTTY ? `\r${line}${percent === 100 ? '\n' : ''}` : `${line}\n`);
  };
}

const sampleImages = ({ maxPixels }: Config) => readSampleImages(new ImageCodec(maxPixels));
