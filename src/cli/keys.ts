/** `easel keys`: lists, creates and revokes API keys in the data folder, with or without a running server. */
import { ApiKeys, prefixOf } from '../auth/api-keys.js';
import { KeyWatch } from '../auth/key-watch.js';
import { loadConfig } from '../config.js';
import { openApiKeys, type ApiKeyRow } from '../storage/index.js';

export interface KeyOptions {
  readonly name: string;
  readonly admin?: boolean;
  readonly owner?: string;
  /** Days until the key expires. */
  readonly days?: number;
}

const DAY_MS = 86_400_000;

export async function listKeys(): Promise<void> {
  for (const key of await withApiKeys((keys) => keys.list())) console.log(describe(key));
}

export async function createKey({ name, admin, owner, days }: KeyOptions): Promise<void> {
  const { key, secret } = await withApiKeys((keys) =>
    keys.create({
      name,
      role: admin ? 'ADMIN' : 'USER',
      ownerId: owner,
      expiresAt: days === undefined ? undefined : new Date(Date.now() + days * DAY_MS),
    }),
  );
  // Only the secret goes to the standard output, so that a script can capture it.
  console.error(describe(key));
  console.error('The secret, shown only once:');
  console.log(secret);
}

export async function revokeKey(id: string): Promise<void> {
  console.log(describe(await withApiKeys((keys) => keys.revoke(id))));
}

async function withApiKeys<T>(work: (keys: ApiKeys) => Promise<T>): Promise<T> {
  // A host that needs keys must not keep the first key from being created.
  const { dataDir } = loadConfig({ ...process.env, EASEL_AUTH: 'keys' });
  const { apiKeys, close } = await openApiKeys(dataDir);
  try {
    return await work(new ApiKeys(apiKeys, new KeyWatch(apiKeys)));
  } finally {
    await close();
  }
}

function describe({ id, name, role, ownerId, lastUsedAt, expiresAt, revokedAt }: ApiKeyRow): string {
  const day = (date: Date) => date.toISOString().slice(0, 10);
  const state = revokedAt
    ? `revoked ${day(revokedAt)}`
    : `${expiresAt ? `expires ${day(expiresAt)}, ` : ''}${lastUsedAt ? `last used ${day(lastUsedAt)}` : 'never used'}`;
  return `${id}  ${prefixOf(id)}...  ${role.padEnd(5)}  owner ${ownerId}  ${state}  ${name}`;
}
