import { isIP } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { BACKEND_CHOICES, VGG19_URL } from './engine/index.js';

/** One environment variable: its name, its default as one would write it, what it means, and how its text is read. */
interface Variable<T> {
  readonly name: string;
  /** Empty: unset. */
  readonly default: string;
  readonly meaning: string;
  /** Throws an `Error` whose message completes "NAME ...". */
  readonly parse: (text: string) => T;
}

/** The largest result, 4096 x 2048: it has to be read again to be served. */
const MIN_PIXELS_LIMIT = 4096 * 2048;

const VARIABLES = {
  host: variable(
    'EASEL_HOST',
    '127.0.0.1',
    hostName,
    'Address to listen on. One that others can reach needs EASEL_AUTH=keys.',
  ),
  auth: variable(
    'EASEL_AUTH',
    'off',
    oneOf('off', 'keys'),
    'Whether requests need an API key: off (loopback only) or keys. See "Authentication".',
  ),
  port: variable('EASEL_PORT', '4000', integer(0, 65_535), 'Port to listen on; 0 takes any free one.'),
  dataDir: variable(
    'EASEL_DATA',
    './data',
    path.resolve,
    'Folder of the database and the pictures; created where missing. One process at a time.',
  ),
  home: variable(
    'EASEL_CACHE',
    '',
    // Where such programs keep weights: they can be had again, belong to no data folder, and all servers may share them.
    (text) =>
      path.resolve(text || path.join(process.env['XDG_CACHE_HOME'] || path.join(os.homedir(), '.cache'), 'easel')),
    'Folder of own and downloaded networks, shareable. Unset: `easel` in `XDG_CACHE_HOME`, or `~/.cache/easel`.',
  ),
  weights: variable(
    'EASEL_WEIGHTS',
    '',
    (text) => (text === '' ? undefined : path.resolve(text)),
    'File of the VGG19 weights (safetensors) for recipes that ask for `vgg19`. Normalised once where it is not yet.',
  ),
  weightsUrl: variable(
    'EASEL_WEIGHTS_URL',
    VGG19_URL,
    downloadUrl,
    'Where `vgg19` is downloaded from when first insisted on; `offline`: nowhere. Unset: torchvision’s, on a public hub.',
  ),
  weightsSha256: variable(
    'EASEL_WEIGHTS_SHA256',
    '',
    sha256,
    'SHA-256 that the bytes fetched from EASEL_WEIGHTS_URL must have. Unset: any; the log says what they had.',
  ),
  threads: variable(
    'EASEL_THREADS',
    '',
    (text) => (text === '' ? os.availableParallelism() : integer(1, 1024)(text)),
    'Threads that the engine computes with. Unset: the number of cores available.',
  ),
  backend: variable(
    'EASEL_BACKEND',
    'auto',
    oneOf(...BACKEND_CHOICES),
    `What the engine computes with: ${BACKEND_CHOICES.join(', ')}. See "GPU".`,
  ),
  memoryLimitBytes: variable(
    'EASEL_MEMORY_LIMIT_MB',
    '0',
    (text) => integer(0, 2 ** 24)(text) * 2 ** 20 || undefined,
    'Most megabytes that the engine may take; sessions that would need more are refused. 0: what the machine, or its container, has to give.',
  ),
  calibrate: variable(
    'EASEL_CALIBRATE',
    'on',
    (text) => oneOf('on', 'off')(text) === 'on',
    'Whether a few seconds of computing, at first start while nothing waits, tell `estimate` how fast the machine is: on, off.',
  ),
  maxUploadBytes: variable(
    'EASEL_MAX_UPLOAD_BYTES',
    '20971520',
    integer(1024, 2 ** 30),
    'Most bytes of an uploaded file.',
  ),
  maxPixels: variable(
    'EASEL_MAX_PIXELS',
    '40000000',
    integer(MIN_PIXELS_LIMIT, 268_402_689),
    'Most pixels (width x height) of an uploaded picture.',
  ),
  maxQueue: variable('EASEL_MAX_QUEUE', '100', integer(1, 1_000_000), 'Most sessions that may wait in the queue.'),
  origins: variable(
    'EASEL_ORIGINS',
    '',
    origins,
    'Further browser origins that may use the API, comma-separated, as in `https://app.example.com`. Its own is always allowed.',
  ),
  logLevel: variable(
    'EASEL_LOG_LEVEL',
    'info',
    oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
    'Least level to log: fatal, error, warn, info, debug, trace or silent.',
  ),
  metrics: variable(
    'EASEL_METRICS',
    'on',
    oneOf('on', 'off'),
    'Whether `/metrics` is served, for Prometheus: on or off.',
  ),
  shutdownSeconds: variable(
    'EASEL_SHUTDOWN_SECONDS',
    '20',
    integer(1, 3600),
    'Most seconds that a shutdown in good order may take; then the process ends with code 1.',
  ),
  maxDepth: variable('EASEL_MAX_DEPTH', '12', integer(1, 100), 'Most levels that a GraphQL operation may nest.'),
  maxComplexity: variable(
    'EASEL_MAX_COMPLEXITY',
    '5000',
    integer(1, 1_000_000),
    'Most complexity points that a GraphQL operation may cost.',
  ),
  maxSockets: variable('EASEL_MAX_SOCKETS', '5000', integer(1, 1_000_000), 'Most WebSocket connections at a time.'),
  maxSubscriptions: variable(
    'EASEL_MAX_SUBSCRIPTIONS',
    '100',
    integer(1, 100_000),
    'Most subscriptions at a time over one WebSocket.',
  ),
  maxAliases: variable('EASEL_MAX_ALIASES', '50', integer(0, 10_000), 'Most aliases in a GraphQL operation.'),
  maxSocketsPerClient: variable(
    'EASEL_MAX_SOCKETS_PER_CLIENT',
    '2000',
    integer(1, 1_000_000),
    'Most WebSocket connections of one owner at a time; of one address, where no key says whose they are.',
  ),
  maxRequests: variable(
    'EASEL_MAX_REQUESTS',
    '6000',
    integer(1, 10_000_000),
    'Most requests of one owner in a minute: over HTTP, and operations on WebSockets.',
  ),
  maxSessions: variable(
    'EASEL_MAX_SESSIONS',
    '100',
    integer(1, 1_000_000),
    'Most unfinished sessions of one owner at a time.',
  ),
  maxUploads: variable('EASEL_MAX_UPLOADS', '16', integer(1, 10_000), 'Most pictures being uploaded at a time.'),
};

/** The validated configuration. What each field means, and its range, is in `CONFIG_TABLE`. */
export type Config = Readonly<{ [Key in keyof typeof VARIABLES]: ReturnType<(typeof VARIABLES)[Key]['parse']> }>;

/** Every variable's name, default and meaning, for the README and for `--help`. */
export const CONFIG_TABLE: readonly Pick<Variable<unknown>, 'name' | 'default' | 'meaning'>[] =
  Object.values(VARIABLES);

/** The environment is not usable; the message lists every bad variable, one a line. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly problems: readonly string[]) {
    super(`The configuration is not usable:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  }
}

/** Reads the environment. An empty variable counts as unset. Throws `ConfigError` naming all that is wrong at once. */
export function loadConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const problems: string[] = [];
  const entries = Object.entries(VARIABLES).map(([key, { name, default: fallback, parse }]) => {
    const text = env[name]?.trim() || fallback;
    try {
      return [key, parse(text)];
    } catch (error) {
      problems.push(`${name} ${(error as Error).message} (it is "${text}")`);
      return [key, undefined];
    }
  });
  const config = Object.fromEntries(entries) as Config;
  if (config.auth === 'off' && config.host !== undefined && !isLoopback(config.host)) {
    problems.push(
      `EASEL_HOST must be 127.0.0.1, ::1 or localhost as long as there is no authentication: whoever can reach another ` +
        `address could use the server. Make a first key with "npm run keys -- create --name NAME --admin" and set ` +
        `EASEL_AUTH=keys (it is "${config.host}")`,
    );
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(config);
}

function variable<T>(name: string, fallback: string, parse: (text: string) => T, meaning: string): Variable<T> {
  return { name, default: fallback, parse, meaning };
}

function integer(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) {
      throw new Error(`must be a whole number from ${min} to ${max}`);
    }
    return value;
  };
}

function oneOf<const T extends string>(...allowed: readonly T[]): (text: string) => T {
  return (text) => {
    const found = allowed.find((value) => value === text);
    if (found === undefined) throw new Error(`must be one of ${allowed.join(', ')}`);
    return found;
  };
}

function downloadUrl(text: string): string | undefined {
  if (text === 'offline') return undefined;
  if (!/^https?:/.test(text) || !URL.canParse(text)) throw new Error('must be an http or https address, or offline');
  return text;
}

function sha256(text: string): string | undefined {
  if (text !== '' && !/^[0-9a-f]{64}$/i.test(text)) throw new Error('must be 64 hexadecimal digits');
  return text.toLowerCase() || undefined;
}

function hostName(text: string): string {
  if (!isIP(text) && !/^[a-z\d]([a-z\d.-]*[a-z\d])?$/i.test(text)) throw new Error('must be an address or a host name');
  return text;
}

function isLoopback(host: string): boolean {
  return /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1)$/.test(host);
}

function origins(text: string): readonly string[] {
  const list = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  for (const origin of list) {
    if (!/^https?:/.test(origin) || !URL.canParse(origin) || new URL(origin).origin !== origin) {
      throw new Error(
        `must list origins such as https://app.example.com, without a path or a trailing slash; not ${origin}`,
      );
    }
  }
  return Object.freeze(list);
}
