import { isIP } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { BACKEND_CHOICES, VGG19_URL } from './engine/index.js';

/** One environment variable. */
interface Variable<T, Unset> {
  readonly name: string;
  readonly meaning: string;
  /** Default as text; empty if the variable may be unset. */
  readonly default: string;
  /** Parses the trimmed text. An issue's message completes "NAME ..."; `description` names the values. */
  readonly schema: z.ZodType<T>;
  /** The value if the variable is unset and `default` is empty. */
  readonly unset?: (env: NodeJS.ProcessEnv) => Unset;
}

/** Pixels of the largest result, 4096 x 2048. The server must be able to read it again. */
const MIN_PIXELS_LIMIT = 4096 * 2048;

const VARIABLES = {
  host: variable({
    name: 'EASEL_HOST',
    default: '127.0.0.1',
    schema: z.string().refine(isHost, 'must be an IP address or a host name').describe('IP address or host name'),
    meaning: 'Address to listen on. An address other than loopback requires EASEL_AUTH=keys.',
  }),
  port: variable({
    name: 'EASEL_PORT',
    default: '4000',
    schema: integer(0, 65_535),
    meaning: 'Port to listen on; 0 selects a free one.',
  }),
  auth: variable({
    name: 'EASEL_AUTH',
    default: 'off',
    schema: oneOf(['off', 'keys']),
    meaning:
      'Authentication: `off` (loopback only) or `keys` (every request needs an API key; docs/authentication.md).',
  }),
  origins: variable({
    name: 'EASEL_ORIGINS',
    default: '',
    schema: z
      .string()
      .transform((text) =>
        text
          .split(',')
          .map((part) => part.trim())
          .filter((part) => part !== ''),
      )
      .pipe(z.array(z.string().refine(isOrigin, 'must list origins such as https://app.example.com, without a path')))
      .transform((origins): readonly string[] => Object.freeze(origins))
      .describe('origins, comma-separated'),
    unset: (): readonly string[] => Object.freeze([]),
    meaning: 'Other browser origins that may use the API, such as `https://app.example.com`.',
  }),
  dataDir: variable({
    name: 'EASEL_DATA',
    default: './data',
    schema: folder(),
    meaning: 'Folder of the database and the images; created if missing. One server process at a time uses it.',
  }),
  cacheDir: variable({
    name: 'EASEL_CACHE',
    default: '',
    schema: folder(),
    unset: (env) => path.resolve(env['XDG_CACHE_HOME'] || path.join(os.homedir(), '.cache'), 'easel'),
    meaning:
      'Network cache: imported and downloaded networks, and unit costs of `estimate`. Several servers may share it. ' +
      'Unset: `easel` in `XDG_CACHE_HOME`, or `~/.cache/easel`.',
  }),
  weights: variable({
    name: 'EASEL_WEIGHTS',
    default: '',
    schema: z
      .string()
      .transform((text) => path.resolve(text))
      .describe('file'),
    unset: () => undefined,
    meaning: 'Safetensors file of VGG19 for recipes that name `vgg19`. Normalised once, into EASEL_CACHE, if needed.',
  }),
  weightsUrl: variable({
    name: 'EASEL_WEIGHTS_URL',
    default: VGG19_URL,
    schema: z
      .string()
      .refine((text) => text === 'offline' || isHttpUrl(text), 'must be an http or https URL, or offline')
      .transform((text) => (text === 'offline' ? undefined : text))
      .describe('http or https URL, offline'),
    meaning: 'Address that `vgg19` is downloaded from when a session first needs it; `offline` downloads nothing.',
  }),
  weightsSha256: variable({
    name: 'EASEL_WEIGHTS_SHA256',
    default: '',
    schema: z
      .string()
      .regex(/^[0-9a-f]{64}$/i, 'must be 64 hexadecimal digits')
      .toLowerCase()
      .describe('64 hexadecimal digits'),
    unset: () => undefined,
    meaning:
      'Required SHA-256 of the bytes fetched from EASEL_WEIGHTS_URL. Unset: not checked; the log shows the hash.',
  }),
  backend: variable({
    name: 'EASEL_BACKEND',
    default: 'auto',
    schema: oneOf(BACKEND_CHOICES),
    meaning: 'Backend of the engine; `auto` selects the first one that works (docs/gpu.md).',
  }),
  threads: variable({
    name: 'EASEL_THREADS',
    default: '',
    schema: integer(1, 1024),
    unset: () => os.availableParallelism(),
    meaning: 'CPU threads of the engine. Unset: all available cores.',
  }),
  memoryLimitBytes: variable({
    name: 'EASEL_MEMORY_LIMIT_MB',
    default: '0',
    schema: integer(0, 2 ** 24)
      .transform((megabytes) => megabytes * 2 ** 20 || undefined)
      .describe(`0 to ${2 ** 24}`),
    meaning:
      'Memory limit of the engine, MB. A session that needs more is refused. 0: the memory of the machine or container.',
  }),
  calibrate: variable({
    name: 'EASEL_CALIBRATE',
    default: 'on',
    schema: oneOf(['on', 'off'])
      .transform((text) => text === 'on')
      .describe('on, off'),
    meaning: 'Whether an idle server measures unit costs for `estimate` once, which takes a few seconds.',
  }),
  logLevel: variable({
    name: 'EASEL_LOG_LEVEL',
    default: 'info',
    schema: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
    meaning: 'Lowest level that is logged.',
  }),
  metrics: variable({
    name: 'EASEL_METRICS',
    default: 'on',
    schema: oneOf(['on', 'off']),
    meaning: 'Whether `GET /metrics` is served (docs/operating.md).',
  }),
  shutdownSeconds: variable({
    name: 'EASEL_SHUTDOWN_SECONDS',
    default: '20',
    schema: integer(1, 3600),
    meaning: 'Time limit of a shutdown, seconds. After it the process exits with code 1.',
  }),
  maxQueue: variable({
    name: 'EASEL_MAX_QUEUE',
    default: '100',
    schema: integer(1, 1_000_000),
    meaning: 'Maximum of queued sessions.',
  }),
  maxSessions: variable({
    name: 'EASEL_MAX_SESSIONS',
    default: '100',
    schema: integer(1, 1_000_000),
    meaning: 'Maximum of unfinished sessions per owner.',
  }),
  maxUploadBytes: variable({
    name: 'EASEL_MAX_UPLOAD_BYTES',
    default: '20971520',
    schema: integer(1024, 2 ** 30),
    meaning: 'Maximum size of an uploaded file, bytes.',
  }),
  maxPixels: variable({
    name: 'EASEL_MAX_PIXELS',
    default: '40000000',
    schema: integer(MIN_PIXELS_LIMIT, 268_402_689),
    meaning: 'Maximum of pixels (width x height) of an uploaded image.',
  }),
  maxUploads: variable({
    name: 'EASEL_MAX_UPLOADS',
    default: '16',
    schema: integer(1, 10_000),
    meaning: 'Maximum of concurrent uploads.',
  }),
  maxRequests: variable({
    name: 'EASEL_MAX_REQUESTS',
    default: '6000',
    schema: integer(1, 10_000_000),
    meaning: 'Maximum of requests per owner and minute: HTTP requests and operations over WebSockets.',
  }),
  maxDepth: variable({
    name: 'EASEL_MAX_DEPTH',
    default: '12',
    schema: integer(1, 100),
    meaning: 'Maximum nesting depth of a GraphQL operation.',
  }),
  maxComplexity: variable({
    name: 'EASEL_MAX_COMPLEXITY',
    default: '5000',
    schema: integer(1, 1_000_000),
    meaning: 'Maximum complexity of a GraphQL operation.',
  }),
  maxAliases: variable({
    name: 'EASEL_MAX_ALIASES',
    default: '50',
    schema: integer(0, 10_000),
    meaning: 'Maximum of aliases in a GraphQL operation.',
  }),
  maxSockets: variable({
    name: 'EASEL_MAX_SOCKETS',
    default: '5000',
    schema: integer(1, 1_000_000),
    meaning: 'Maximum of WebSocket connections.',
  }),
  maxSocketsPerClient: variable({
    name: 'EASEL_MAX_SOCKETS_PER_CLIENT',
    default: '2000',
    schema: integer(1, 1_000_000),
    meaning: 'Maximum of WebSocket connections per owner, or per IP address without keys.',
  }),
  maxSubscriptions: variable({
    name: 'EASEL_MAX_SUBSCRIPTIONS',
    default: '100',
    schema: integer(1, 100_000),
    meaning: 'Maximum of subscriptions per WebSocket connection.',
  }),
};

type ValueOf<V> = V extends Variable<infer T, infer Unset> ? T | Unset : never;

/** The validated configuration. `CONFIG_TABLE` has the meaning and the values of each field. */
export type Config = Readonly<{ [Key in keyof typeof VARIABLES]: ValueOf<(typeof VARIABLES)[Key]> }>;

/** Every variable, for docs/configuration.md and `easel config`. */
export const CONFIG_TABLE: readonly { name: string; default: string; values: string; meaning: string }[] =
  Object.values(VARIABLES).map(({ name, default: fallback, schema, meaning }) => ({
    name,
    default: fallback,
    values: schema.description ?? '',
    meaning,
  }));

/** The environment is invalid. The message lists every bad variable, one per line. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly problems: readonly string[]) {
    super(`The configuration is invalid:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  }
}

/** Parses the environment. An empty variable counts as unset. Throws `ConfigError` with all problems at once. */
export function loadConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const problems: string[] = [];
  const parse = ({ name, default: fallback, schema, unset }: Variable<unknown, unknown>) => {
    const text = env[name]?.trim() || fallback;
    if (text === '') return unset?.(env);
    const { data, error } = schema.safeParse(text);
    if (error) problems.push(`${name} ${error.issues[0]!.message} (it is "${text}")`);
    return data;
  };
  const entries = Object.entries(VARIABLES).map(([key, variable]) => [key, parse(variable)]);
  const config = Object.fromEntries(entries) as Config;
  if (config.auth === 'off' && config.host !== undefined && !isLoopback(config.host)) {
    problems.push(
      'EASEL_HOST must be 127.0.0.1, ::1 or localhost without authentication. Create a first key with ' +
        `"npm run keys -- create --name NAME --admin" and set EASEL_AUTH=keys (it is "${config.host}")`,
    );
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(config);
}

/** Infers the types of one row of the table. */
function variable<T, Unset = never>(row: Variable<T, Unset>): Variable<T, Unset> {
  return row;
}

function integer(min: number, max: number) {
  const message = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d+$/, message)
    .transform(Number)
    .pipe(z.number().min(min, message).max(max, message))
    .describe(`${min} to ${max}`);
}

function oneOf<const T extends string>(values: readonly T[]) {
  return z.enum(values, `must be one of ${values.join(', ')}`).describe(values.join(', '));
}

function folder() {
  return z
    .string()
    .transform((text) => path.resolve(text))
    .describe('folder');
}

function isHost(text: string): boolean {
  return isIP(text) > 0 || /^[a-z\d]([a-z\d.-]*[a-z\d])?$/i.test(text);
}

function isLoopback(host: string): boolean {
  return /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1)$/.test(host);
}

function isHttpUrl(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text);
}

function isOrigin(text: string): boolean {
  return isHttpUrl(text) && new URL(text).origin === text;
}
