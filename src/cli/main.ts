#!/usr/bin/env node
/** The program `easel <command>`. A command loads its modules when it runs, so `--help` and usage errors are quick. */
import { fileURLToPath } from 'node:url';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { DemoOptions } from './demo/main.js';
import type { DownloadOptions, ImportOptions } from './networks.js';
import type { KeyOptions } from './keys.js';

/** Commands that run when only their beginning is typed. */
const DEFAULT_COMMANDS: Readonly<Record<string, readonly string[]>> = {
  '': ['serve'],
  networks: ['networks', 'list'],
  keys: ['keys', 'list'],
};

/** Errors that an operator can fix: their message is printed without a stack trace. */
const OPERATOR_ERRORS = new Set(['ConfigError', 'EngineError', 'StorageError', 'UserError', 'RequestError']);

function createProgram(): Command {
  const program = new Command('easel')
    .description('A GraphQL server for neural style transfer with live progress.')
    .exitOverride()
    .showHelpAfterError();
  program
    .command('serve')
    .description('start the server (default)')
    .action(async () => (await import('./serve.js')).serve());
  program.command('config').description('list the environment variables and check their values').action(showConfig);
  program
    .command('doctor')
    .description('try every backend on this machine and time it')
    .option('--threads <count>', 'CPU threads (default: all cores)', wholeNumber(1))
    .action(async ({ threads }: { threads?: number }) => (await import('./doctor.js')).diagnose(threads));
  addDemo(program);
  addNetworks(program);
  addKeys(program);
  return program;
}

function addDemo(program: Command): void {
  program
    .command('demo')
    .description('start a server on a free port, style an image and show the progress')
    .addOption(new Option('--content <file>', 'the photo').default(sample('landscape'), 'a sample'))
    .option(
      '--style <file[:weight]>',
      'a style image; repeat the option to blend several (default: a sample)',
      (text: string, styles: DemoOptions['styles'] = []) => [...styles, parseStyle(text)],
    )
    .option('--preset <name>', 'balanced, draft, faithful, bold, fine-detail or classic', 'balanced')
    .option('--size <pixels>', 'size of the result', wholeNumber(0))
    .option('--steps <count>', 'optimiser steps', wholeNumber(0))
    .option('--seed <number>', 'seed of the noise', wholeNumber(0))
    .option('--out <file>', 'result file: .png, .jpg or .webp', parseImageFile, 'painting.png')
    .option('--json', 'print one JSON object per event instead of the display', false)
    .action(async ({ style, size, steps, seed, ...options }: DemoArguments) => {
      const { runDemo } = await import('./demo/main.js');
      const styles = style ?? [{ path: sample('swirls'), weight: 1 }];
      process.exitCode = await runDemo({ ...options, styles, recipe: { size, steps, seed } });
    });
}

type DemoArguments = Omit<DemoOptions, 'styles' | 'recipe'> & { style?: DemoOptions['styles'] } & DemoOptions['recipe'];

function addNetworks(program: Command): void {
  const networks = program
    .command('networks')
    .description('manage the networks that recipes may name; they are stored in EASEL_CACHE');
  networks
    .command('list')
    .description('list the networks (default)')
    .action(async () => (await import('./networks.js')).printNetworks());
  networks
    .command('import')
    .description('import a VGG, rescaled to mean activations of 1')
    .argument('<file>', "safetensors file with torchvision's tensor names and input convention")
    .requiredOption('--name <name>', 'name of the network; vgg19 replaces the downloaded one')
    .option('--licence <text>', 'licence, stored in the file')
    .option('--source <text>', 'origin, stored in the file')
    .action(async (file: string, options: ImportOptions) =>
      (await import('./networks.js')).importNetworkFile(file, options),
    );
  networks
    .command('download')
    .description('download vgg19, or resume an interrupted download')
    .option('--url <url>', 'address of the safetensors file (default: EASEL_WEIGHTS_URL)', parseUrl)
    .action(async (options: DownloadOptions) => (await import('./networks.js')).downloadVgg19(options));
}

function addKeys(program: Command): void {
  const keys = program
    .command('keys')
    .description('manage the API keys in EASEL_DATA; a running server need not be stopped');
  keys
    .command('list')
    .description('list the API keys (default)')
    .action(async () => (await import('./keys.js')).listKeys());
  keys
    .command('create')
    .description('create an API key and print its secret, once')
    .requiredOption('--name <name>', 'name shown in lists')
    .option('--admin', 'give the role ADMIN: sees everything and manages keys')
    .option('--owner <owner>', 'owner of what the key creates; "local" owns everything created before there were keys')
    .option('--days <count>', 'days until the key expires (default: never)', wholeNumber(1, 99_999))
    .action(async (options: KeyOptions) => (await import('./keys.js')).createKey(options));
  keys
    .command('revoke')
    .description('revoke an API key; its open streams end within ten seconds')
    .argument('<id>')
    .action(async (id: string) => (await import('./keys.js')).revokeKey(id));
}

/** Prints every environment variable with its value, then checks all of them. Throws `ConfigError`. */
async function showConfig(): Promise<void> {
  const { CONFIG_TABLE, loadConfig } = await import('../config.js');
  for (const { name, default: fallback, values, meaning } of CONFIG_TABLE) {
    const value = process.env[name]?.trim();
    console.log(`${name}=${value || fallback}${value ? `   (default: ${fallback || 'unset'})` : ''}`);
    console.log(`    ${meaning}\n    Values: ${values}.`);
  }
  loadConfig();
}

/** A parser of whole numbers within a range. */
function wholeNumber(min: number, max = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) {
      const range = max < Number.MAX_SAFE_INTEGER ? `from ${min} to ${max}` : `of at least ${min}`;
      throw new InvalidArgumentError(`It must be a whole number ${range}.`);
    }
    return value;
  };
}

/** Parses `FILE[:WEIGHT]`. The last colon counts, and only before a number, so `C:\style.png` is a path. */
function parseStyle(text: string): DemoOptions['styles'][number] {
  const match = /^(.+):(\d*\.?\d+)$/.exec(text);
  const weight = match ? Number(match[2]) : 1;
  if (weight === 0) throw new InvalidArgumentError('The weight must be above 0.');
  return { path: match?.[1] ?? text, weight };
}

function parseImageFile(text: string): string {
  if (!/\.(png|jpe?g|webp)$/i.test(text)) throw new InvalidArgumentError('The name must end in .png, .jpg or .webp.');
  return text;
}

function parseUrl(text: string): string {
  if (!/^https?:/.test(text) || !URL.canParse(text)) throw new InvalidArgumentError('It must be an http or https URL.');
  return text;
}

/** Path of a file in samples/; src/cli and dist/cli have the same depth. */
function sample(name: string): string {
  return fileURLToPath(new URL(`../../samples/${name}.jpg`, import.meta.url));
}

/** Prints what went wrong; returns the exit code: 2 for a usage error, 1 for any other, 0 after `--help`. */
function report(error: unknown): number {
  // Commander has printed its message, or the help, already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const isExpected =
    error instanceof Error && (OPERATOR_ERRORS.has(error.name) || ('syscall' in error && error.syscall === 'listen'));
  console.error(isExpected ? error.message : error);
  return 1;
}

try {
  const args = process.argv.slice(2);
  await createProgram().parseAsync(DEFAULT_COMMANDS[args.join(' ')] ?? args, { from: 'user' });
} catch (error) {
  process.exitCode = report(error);
}
