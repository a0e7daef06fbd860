/** `npm run keys`: makes, lists and revokes API keys, whether or not the server runs. */
import { parseArgs } from 'node:util';
import { ApiKeys } from '../auth/api-keys.js';
import { AuthError } from '../auth/errors.js';
import { KeyWatch } from '../auth/key-watch.js';
import { prefixOf } from '../auth/secret.js';
import { ConfigError, loadConfig } from '../config.js';
import { openApiKeys, StorageError, type ApiKeyRow } from '../storage/index.js';

const USAGE = `Usage: npm run keys -- [COMMAND]

  (none)                 lists the API keys
  create --name NAME     makes one and prints its secret, once
    --admin              that sees everything and may make keys
    --owner OWNER        for what this owner has: "local" owns what was made before there were keys; a new owner else
    --days N             that expires after so many days
  revoke ID              ends one; streams that it opened end within seconds

They lie in the database in EASEL_DATA. A server that runs may go on running: it looks keys up when they are used.`;

/** Wrong usage; the message is for the person who typed. */
class UsageError extends Error {}

async function main(args: readonly string[]): Promise<void> {
  const { values, positionals } = parse(args);
  const [command, id] = positionals;
  if (values.help) return console.log(USAGE);
  // Listening elsewhere is not this program's business.
  const { dataDir } = loadConfig({ ...process.env, EASEL_AUTH: 'keys' });
  const { apiKeys, close } = await openApiKeys(dataDir);
  try {
    const keys = new ApiKeys(apiKeys, new KeyWatch(apiKeys));
    if (command === undefined) for (const key of await keys.list()) console.log(describe(key));
    else if (command === 'create') await create(keys, values);
    else if (command === 'revoke' && id !== undefined) console.log(describe(await keys.revoke(id)));
    else throw new UsageError(command === 'revoke' ? 'revoke which?' : `there is no command ${command}`);
  } finally {
    await close();
  }
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    const options = { name: text, admin: flag, owner: text, days: text, help: flag } as const;
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

async function create(keys: ApiKeys, { name, admin, owner, days }: ReturnType<typeof parse>['values']): Promise<void> {
  if (name === undefined) throw new UsageError('create needs a --name');
  if (days !== undefined && !/^[1-9]\d{0,4}$/.test(days)) throw new UsageError('--days is a whole number above 0');
  const { key, secret } = await keys.create({
    name,
    role: admin ? 'ADMIN' : 'USER',
    ownerId: owner,
    expiresAt: days === undefined ? undefined : new Date(Date.now() + Number(days) * 86_400_000),
  });
  // The secret alone on the standard output, for scripts.
  console.error(describe(key));
  console.error('Its secret, shown now and never again:');
  console.log(secret);
}

function describe({ id, name, role, ownerId, lastUsedAt, expiresAt, revokedAt }: ApiKeyRow): string {
  const day = (date: Date) => date.toISOString().slice(0, 10);
  const state = revokedAt
    ? `revoked ${day(revokedAt)}`
    : `${expiresAt ? `expires ${day(expiresAt)}, ` : ''}${lastUsedAt ? `last used ${day(lastUsedAt)}` : 'never used'}`;
  return `${id}  ${prefixOf(id)}...  ${role.padEnd(5)}  owner ${ownerId}  ${state}  ${name}`;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  if (error instanceof UsageError) console.error(`${error.message}\n\n${USAGE}`);
  else if (error instanceof AuthError || error instanceof StorageError || error instanceof ConfigError)
    console.error(error.message);
  else console.error(error);
  process.exitCode = error instanceof UsageError ? 2 : 1;
});
