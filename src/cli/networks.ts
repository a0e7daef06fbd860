/** `npm run networks`: lists the networks, and brings own ones in. */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigError, loadConfig, type Config } from '../config.js';
import { createOnnxBackend, EngineError, importNetwork } from '../engine/index.js';
import { withoutSecrets } from '../engine/install/download.js';
import { EMBEDDED_NETWORKS, networkFile } from '../engine/install/network-cache.js';
import { installNetwork } from '../engine/install/install.js';
import { listNetworks } from '../engine/install/networks.js';
import { readSampleImages } from '../images/sample-images.js';
import { SharpImageCodec } from '../storage/image-codec.js';

const USAGE = `Usage: npm run networks -- [COMMAND]

  (none)                     lists the networks that recipes may name
  import FILE --name NAME    brings a VGG in (safetensors, torchvision's names and input convention) under that name,
                             rescaled so that the mean activation of each of its layers is 1
    --licence TEXT           what the file shall say of its licence
    --source TEXT            what the file shall say of its origin

  download                   downloads vgg19 (from EASEL_WEIGHTS_URL), or goes on with a download that was cut
    --url URL                from elsewhere

They lie in EASEL_CACHE. A network called vgg19 is the one that recipes mean by that.`;

/** Wrong usage; the message is for the person who typed. */
class UsageError extends Error {}

async function main(args: readonly string[]): Promise<void> {
  const { values, positionals } = parse(args);
  const [command, ...rest] = positionals;
  const config = loadConfig();
  if (values.help) console.log(USAGE);
  else if (command === undefined) await list(config);
  else if (command === 'import') await bringIn(config, rest, values);
  else if (command === 'download') await download(config, values.url ?? config.weightsUrl);
  else throw new UsageError(`there is no command ${command}`);
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    const options = { name: text, licence: text, source: text, url: text, help: { type: 'boolean' } } as const;
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

async function list({ weights, home }: Config): Promise<void> {
  for (const { name, sha256, layers, licence } of await listNetworks({ weightsFile: weights, home })) {
    const what = sha256
      ? `${sha256.slice(0, 12)}  to ${layers.at(-1)}  ${licence ?? 'licence not stated'}`
      : 'not at hand';
    console.log(`${name.padEnd(16)} ${what}`);
  }
}

async function bringIn(
  config: Config,
  [file, ...more]: readonly string[],
  { name, licence, source }: { name?: string; licence?: string; source?: string },
): Promise<void> {
  if (!file || !name || more.length > 0) throw new UsageError('import wants one FILE and --name NAME');
  if (EMBEDDED_NETWORKS.some((own) => own === name)) throw new UsageError(`${name} is embedded; choose another name`);
  const target = networkFile(config.home, name);
  const pictures = await sampleImages(config);
  const metadata = { ...(licence && { licence }), ...(source && { source }) };
  const backend = createOnnxBackend(config);
  const means = await importNetwork({ source: path.resolve(file), target, pictures, metadata }, backend);
  for (const [layer, mean] of means) console.log(`${layer}  mean activation ${mean} -> 1`);
  console.log(`${name} is ${target}`);
}

async function download(config: Config, url: string | undefined): Promise<void> {
  if (url === undefined) throw new UsageError('EASEL_WEIGHTS_URL says offline; name a place with --url');
  if (!URL.canParse(url)) throw new UsageError(`--url ${url} is no address`);
  const target = networkFile(config.home, 'vgg19');
  const request = {
    network: { name: 'vgg19', from: { url }, target },
    pictures: await sampleImages(config),
    sha256: config.weightsSha256,
  };
  console.log(`downloading the convolutions of ${withoutSecrets(url)}`);
  let shown = -1;
  const sha256 = await installNetwork(request, createOnnxBackend(config), ({ received, total }) => {
    const percent = Math.floor((100 * received) / total);
    if (percent === shown || (percent % 10 > 0 && !process.stdout.isTTY)) return;
    shown = percent;
    const line = `${percent} % of ${(total / 1e6).toFixed(1)} MB`;
    process.stdout.write(process.stdout.isTTY ? `\r${line}${percent === 100 ? '\n' : ''}` : `${line}\n`);
  });
  console.log(`vgg19 is ${target}\nSHA-256 of what was downloaded: ${sha256}`);
}

const sampleImages = ({ maxUploadBytes, maxPixels }: Config) =>
  readSampleImages(new SharpImageCodec({ maxBytes: maxUploadBytes, maxPixels }));

try {
  await main(process.argv.slice(2));
} catch (error) {
  const expected = error instanceof UsageError || error instanceof ConfigError || error instanceof EngineError;
  console.error(expected ? error.message : error);
  if (error instanceof UsageError) console.error(`\n${USAGE}`);
  process.exitCode = 1;
}
