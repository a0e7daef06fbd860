import { stat } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ApiKeys, hashOf, isSecretOf, keyIdOf, newSecret, prefixOf } from '../../src/auth/api-keys.js';
import { KeyWatch } from '../../src/auth/key-watch.js';
import { RequestLimiter } from '../../src/auth/request-limiter.js';
import { openUrlSecret, UrlSigner } from '../../src/auth/url-signer.js';
import { createLogger } from '../../src/core/log.js';
import { temporaryFolder, temporaryStorage } from '../storage/support.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const KEY = `key_${'0a'.repeat(16)}`;

afterEach(() => void vi.useRealTimers());

describe('a secret', () => {
  it('contains the id of its key; other texts contain none', () => {
    const secret = newSecret(KEY);
    expect(secret).toMatch(/^easel_(0a){16}_[\w-]{43}$/);
    expect(keyIdOf(secret)).toBe(KEY);
    expect(secret.startsWith(prefixOf(KEY))).toBe(true);
    for (const text of ['', 'easel_', secret.slice(1), `${secret}x`, secret.toUpperCase()]) {
      expect(keyIdOf(text)).toBeNull();
    }
    expect(newSecret(KEY)).not.toBe(secret);
  });

  it('matches its own hash only', () => {
    const secret = newSecret(KEY);
    expect(isSecretOf(hashOf(secret), secret)).toBe(true);
    expect(isSecretOf(hashOf(secret), newSecret(KEY))).toBe(false);
  });
});

describe('API keys', () => {
  async function open() {
    const { apiKeys } = await temporaryStorage();
    const watch = new KeyWatch(apiKeys);
    return { apiKeys, watch, keys: new ApiKeys(apiKeys, watch) };
  }

  it('are stored as hashes', async () => {
    const { apiKeys, keys } = await open();
    const { key, secret } = await keys.create({ name: ' Ada ', role: 'USER' });
    expect(key).toMatchObject({ name: 'Ada', ownerId: expect.stringMatching(/^own_[0-9a-f]{32}$/) as string });
    expect(JSON.stringify(await apiKeys.list())).not.toContain(secret.slice(-43));
    expect(key.hash).toBe(hashOf(secret));
  });

  it('are valid until they are revoked or expire', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { keys } = await open();
    const ada = await keys.create({ name: 'a', role: 'USER', ownerId: 'ada' });
    const short = await keys.create({ name: 'b', role: 'ADMIN', expiresAt: new Date(Date.now() + DAY) });
    expect(await keys.authenticate(ada.secret)).toEqual({
      ownerId: 'ada',
      isAdmin: false,
      key: { id: ada.key.id, expiresAt: null },
    });
    expect(await keys.authenticate(`${ada.secret.slice(0, -1)}${ada.secret.endsWith('A') ? 'B' : 'A'}`)).toBeNull();
    expect(await keys.authenticate(newSecret(KEY))).toBeNull();
    expect(await keys.authenticate(short.secret)).toMatchObject({ isAdmin: true });
    expect(await keys.hasAdmin()).toBe(true);
    await keys.revoke(ada.key.id);
    vi.setSystemTime(Date.now() + DAY);
    expect(await keys.authenticate(ada.secret)).toBeNull();
    expect(await keys.authenticate(short.secret)).toBeNull();
    expect(await keys.hasAdmin()).toBe(false);
  });

  it('store their last use with the precision of a minute', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { apiKeys, keys } = await open();
    const { key, secret } = await keys.create({ name: 'a', role: 'USER' });
    const usedAt = async () => (await apiKeys.find(key.id))!.lastUsedAt?.getTime();
    expect(await usedAt()).toBeUndefined();
    await keys.authenticate(secret);
    const first = Date.now();
    expect(await usedAt()).toBe(first);
    vi.setSystemTime(first + 59_000);
    await keys.authenticate(secret);
    expect(await usedAt()).toBe(first);
    vi.setSystemTime(first + 60_000);
    await keys.authenticate(secret);
    expect(await usedAt()).toBe(first + 60_000);
  });

  it('refuse invalid fields', async () => {
    const { keys } = await open();
    const role = 'USER';
    for (const [field, input] of [
      ['name', { name: ' ' }],
      ['name', { name: 'x'.repeat(101) }],
      ['ownerId', { name: 'a', ownerId: 'two words' }],
      ['expiresAt', { name: 'a', expiresAt: new Date(0) }],
    ] as const) {
      await expect(keys.create({ role, ...input })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', field });
    }
    await expect(keys.revoke(KEY)).rejects.toMatchObject({ code: 'API_KEY_NOT_FOUND', field: 'id' });
  });

  it('notify watchers when they expire or are revoked, here or by another process', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] });
    const { apiKeys, watch, keys } = await open();
    const make = async (expiresAt?: Date) => (await keys.create({ name: 'a', role: 'USER', expiresAt })).key;
    const ended: string[] = [];
    const [here, elsewhere, expiring, left] = [
      await make(),
      await make(),
      await make(new Date(Date.now() + HOUR)),
      await make(),
    ];
    for (const key of [here, elsewhere, expiring]) watch.watch(key, () => ended.push(key.id));
    watch.watch(left, () => ended.push(left.id))();
    await keys.revoke(left.id);
    await keys.revoke(here.id);
    expect(ended).toEqual([here.id]);
    ended.length = 0;
    await apiKeys.revoke(elsewhere.id, new Date());
    await watch.sweep();
    expect(ended).toEqual([here.id, elsewhere.id]);
    ended.length = 0;
    vi.advanceTimersByTime(HOUR);
    expect(ended).toEqual([expiring.id]);
  });
});

describe('signed URLs', () => {
  const signer = new UrlSigner(Buffer.alloc(32, 1));

  it('are valid for one to two hours, and equal within an hour', () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-01-01T10:00:01Z') });
    const url = signer.sign('/images/img_a?size=256', 'ada@example.com');
    expect(url).toMatch(/^\/images\/img_a\?size=256&expires=\d+&owner=ada%40example\.com&signature=[\w-]{43}$/);
    vi.setSystemTime(new Date('2026-01-01T10:59:59Z'));
    expect(signer.sign('/images/img_a?size=256', 'ada@example.com')).toBe(url);
    expect(signer.verify(url)).toEqual({ ownerId: 'ada@example.com', isAdmin: false });
    vi.setSystemTime(new Date('2026-01-01T11:59:59Z'));
    expect(signer.verify(url)).not.toBeNull();
    vi.setSystemTime(new Date('2026-01-01T12:00:00Z'));
    expect(() => signer.verify(url)).toThrow(expect.objectContaining({ code: 'URL_EXPIRED' }) as Error);
    expect(signer.sign('/images/img_a?size=256', 'ada@example.com')).not.toBe(url);
  });

  it('are refused after any change', () => {
    const url = signer.sign('/images/img_a', 'ada');
    const forged = [
      url.replace('img_a', 'img_b'),
      url.replace('owner=ada', 'owner=bob'),
      url.replace(/expires=\d+/, 'expires=9999999999'),
      url.replace('?', '?size=256&'),
      url.slice(0, -1),
      url.replace(/signature=.*/, 'signature='),
      url.replace(/signature=.{43}/, `signature=${'\u00e9'.repeat(43)}`),
      new UrlSigner(Buffer.alloc(32, 2)).sign('/images/img_a', 'ada'),
    ];
    for (const address of forged) {
      expect(() => signer.verify(address), address).toThrow(expect.objectContaining({ code: 'URL_FORGED' }) as Error);
    }
    expect(signer.verify(`${url}&size=256`)).toBeNull();
    expect(signer.verify('/images/img_a')).toBeNull();
  });

  it('have no signature without authentication', () => {
    expect(new UrlSigner(null).sign('/images/img_a', 'local')).toBe('/images/img_a');
  });

  it('stay valid after a restart: the secret is stored, readable by its owner only', async () => {
    const folder = await temporaryFolder();
    const secret = await openUrlSecret(folder);
    expect(await openUrlSecret(folder)).toEqual(secret);
    expect(await openUrlSecret(await temporaryFolder())).not.toEqual(secret);
    expect((await stat(path.join(folder, 'url-secret'))).mode & 0o777).toBe(0o600);
  });
});

it('RequestLimiter counts the requests of each client per minute', async () => {
  const limiter = new RequestLimiter(2);
  expect([await limiter.take('a'), await limiter.take('a'), await limiter.take('b')]).toEqual([0, 0, 0]);
  const wait = await limiter.take('a');
  expect(wait).toBeGreaterThan(0);
  expect(wait).toBeLessThanOrEqual(60);
});

it('the log contains no keys and no signatures', () => {
  let log = '';
  const logger = createLogger('info', { write: (line) => void (log += line) });
  const secret = newSecret(KEY);
  const { url } = { url: new UrlSigner(Buffer.alloc(32, 1)).sign('/images/img_a', 'ada') };
  logger.info({ req: { headers: { authorization: 'Basic xyz' } }, connectionParams: { Authorization: 'xyz' }, url });
  logger.info({ apiKey: { secret: 'xyz' }, err: new Error(`bad key ${secret} at ${url}`) }, secret);
  expect(log).not.toContain('xyz');
  expect(log).not.toContain(secret.slice(-43));
  expect(log).not.toContain(url.slice(-43));
  expect(log).toContain('[hidden]');
  expect(
    log
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { level: number }).level),
  ).toEqual([30, 30]);
});
