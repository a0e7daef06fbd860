import { ApiKeys, type CreateApiKey } from '../../src/auth/api-keys.js';
import { KeyWatch } from '../../src/auth/key-watch.js';
import type { Config } from '../../src/config.js';
import { openApiKeys } from '../../src/storage/index.js';
import { temporaryFolder } from '../storage/support.js';
import { startTestServer, type TestServer } from '../support/server.js';

/** Creates keys in a data folder, as the command line does, also while a server runs. */
export async function makeKeys(dataDir: string, ...wanted: CreateApiKey[]) {
  const { apiKeys, close } = await openApiKeys(dataDir);
  try {
    const keys = new ApiKeys(apiKeys, new KeyWatch(apiKeys));
    const made = [];
    for (const key of wanted) made.push(await keys.create(key));
    return made;
  } finally {
    await close();
  }
}

export interface Guarded {
  /** The server without a key. */
  readonly stranger: TestServer;
  readonly ada: TestServer;
  readonly bob: TestServer;
  readonly admin: TestServer;
  /** Id of Ada's key. */
  readonly adaKeyId: string;
  readonly dataDir: string;
}

/** A server with authentication, and three viewers with a key. */
export async function startGuarded(
  changes: Partial<Config> = {},
  options: Parameters<typeof startTestServer>[1] = {},
): Promise<Guarded> {
  const dataDir = await temporaryFolder();
  const [ada, bob, admin] = await makeKeys(
    dataDir,
    { name: 'Ada', role: 'USER', ownerId: 'ada' },
    { name: 'Bob', role: 'USER', ownerId: 'bob' },
    { name: 'Root', role: 'ADMIN', ownerId: 'root' },
  );
  const stranger = await startTestServer({ auth: 'keys', dataDir, ...changes }, options);
  return {
    stranger,
    ada: stranger.as(ada!.secret),
    bob: stranger.as(bob!.secret),
    admin: stranger.as(admin!.secret),
    adaKeyId: ada!.key.id,
    dataDir,
  };
}
