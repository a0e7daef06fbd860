import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { CONFIG_TABLE, ConfigError, loadConfig } from '../src/config.js';

it('every variable has a default', () => {
  const config = loadConfig({});
  expect(config).toEqual({
    host: '127.0.0.1',
    auth: 'off',
    port: 4000,
    dataDir: path.resolve('data'),
    cacheDir: path.join(os.homedir(), '.cache', 'easel'),
    weights: undefined,
    weightsUrl: expect.stringMatching(/^https:.*\.safetensors$/) as string,
    weightsSha256: undefined,
    threads: os.availableParallelism(),
    backend: 'auto',
    memoryLimitBytes: undefined,
    calibrate: true,
    maxUploadBytes: 20 * 1024 * 1024,
    maxPixels: 40e6,
    maxQueue: 100,
    origins: [],
    logLevel: 'info',
    metrics: 'on',
    shutdownSeconds: 20,
    maxDepth: 12,
    maxComplexity: 5000,
    maxSockets: 5000,
    maxSubscriptions: 100,
    maxAliases: 50,
    maxSocketsPerClient: 2000,
    maxRequests: 6000,
    maxSessions: 100,
    maxUploads: 16,
  });
  expect(Object.isFrozen(config)).toBe(true);
  expect(CONFIG_TABLE).toHaveLength(Object.keys(config).length);
  for (const { name, values, meaning } of CONFIG_TABLE) {
    expect(name).toMatch(/^EASEL_[A-Z0-9_]+$/);
    expect(values, name).not.toBe('');
    expect(meaning, name).toMatch(/\.$/);
  }
});

it('variables are parsed, and an empty one counts as unset', () => {
  const config = loadConfig({
    EASEL_HOST: '::1',
    EASEL_PORT: '0',
    EASEL_DATA: '/srv/easel',
    EASEL_WEIGHTS: 'vgg19.safetensors',
    EASEL_ORIGINS: 'https://app.example.com, http://localhost:5173',
    EASEL_LOG_LEVEL: '',
    EASEL_THREADS: ' 3 ',
    EASEL_MEMORY_LIMIT_MB: '2000',
    EASEL_CALIBRATE: 'off',
  });
  expect(config).toMatchObject({
    host: '::1',
    port: 0,
    dataDir: path.resolve('/srv/easel'),
    weights: path.resolve('vgg19.safetensors'),
    origins: ['https://app.example.com', 'http://localhost:5173'],
    logLevel: 'info',
    threads: 3,
    memoryLimitBytes: 2000 * 2 ** 20,
    calibrate: false,
  });
});

it('the network cache is in XDG_CACHE_HOME unless EASEL_CACHE is set', () => {
  const XDG_CACHE_HOME = '/var/cache/me';
  expect(loadConfig({ XDG_CACHE_HOME }).cacheDir).toBe(path.resolve('/var/cache/me/easel'));
  expect(loadConfig({ XDG_CACHE_HOME, EASEL_CACHE: 'networks' }).cacheDir).toBe(path.resolve('networks'));
});

it('EASEL_WEIGHTS_URL=offline disables downloads', () => {
  expect(loadConfig({ EASEL_WEIGHTS_URL: 'offline' }).weightsUrl).toBeUndefined();
});

it('the error lists every bad variable with its value', () => {
  const bad = {
    EASEL_PORT: '65536',
    EASEL_THREADS: '0',
    EASEL_MAX_PIXELS: '4e7',
    EASEL_MAX_QUEUE: '-1',
    EASEL_ORIGINS: 'https://app.example.com/',
    EASEL_WEIGHTS_URL: 'ftp://example.com/vgg19.safetensors',
    EASEL_WEIGHTS_SHA256: 'abc',
    EASEL_LOG_LEVEL: 'loud',
    EASEL_BACKEND: 'gpu',
    EASEL_MEMORY_LIMIT_MB: '1.5',
    EASEL_CALIBRATE: 'maybe',
  };
  let error: unknown;
  try {
    loadConfig(bad);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(ConfigError);
  const { problems, message } = error as ConfigError;
  expect(problems).toHaveLength(Object.keys(bad).length);
  for (const [name, value] of Object.entries(bad)) {
    expect(message).toContain(`${name} must`);
    expect(message).toContain(`(it is "${value}")`);
  }
});

it.each(['0.0.0.0', '::', '192.168.1.5', 'example.com', '127.0.0.1.example.com'])(
  'the host %s requires EASEL_AUTH=keys',
  (host) => {
    expect(() => loadConfig({ EASEL_HOST: host })).toThrow(/EASEL_HOST .*npm run keys.*EASEL_AUTH=keys/);
    expect(loadConfig({ EASEL_HOST: host, EASEL_AUTH: 'keys' })).toMatchObject({ host, auth: 'keys' });
  },
);

it('a host must be an address or a name', () => {
  expect(() => loadConfig({ EASEL_HOST: 'not a host', EASEL_AUTH: 'keys' })).toThrow(/EASEL_HOST must be/);
});

it.each(['example.com', 'ftp://example.com', 'https://user@example.com', 'null', '*'])(
  '%s is not an origin',
  (origin) => {
    expect(() => loadConfig({ EASEL_ORIGINS: origin })).toThrow(/EASEL_ORIGINS must/);
  },
);
