import path from 'node:path';
import { PrismaLibSQL } from '@prisma/adapter-libsql';

type Client = ReturnType<PrismaLibSQL['createClient']>;
type Transaction = Awaited<ReturnType<Client['transaction']>>;

/** One open SQLite connection, below Prisma. */
export type SqliteConnection = Awaited<ReturnType<PrismaLibSQL['connect']>>;

const SETTINGS = [
  'journal_mode = WAL',
  // What was acknowledged survives a power cut, too.
  'synchronous = FULL',
  'foreign_keys = ON',
  // Milliseconds, for visitors such as the sqlite3 shell; short because waiting blocks the event loop.
  'busy_timeout = 1000',
];

/**
 * Opens a SQLite file with exactly one connection.
 *
 * The stock client opens a further connection after every transaction and leaves the old one to the garbage collector:
 * settings are lost with it, and connections of one process can lock each other out. Here transactions run on the one
 * connection; the adapter's own mutex keeps other statements out meanwhile, so every write is serialised and SQLITE_BUSY
 * cannot come from within. Where it comes from without (somebody works on the file with the sqlite3 shell), the statement
 * fails but stays in progress, and no transaction could be committed any more: so the connection is replaced.
 */
export class SqliteAdapter extends PrismaLibSQL {
  constructor(file: string) {
    super({ url: fileUrl(file) });
  }

  override createClient(...args: Parameters<PrismaLibSQL['createClient']>): Client {
    let client: Client | undefined;
    const open = async () => {
      const opened = super.createClient(...args);
      for (const setting of SETTINGS) await opened.execute(`PRAGMA ${setting}`);
      return opened;
    };
    const run = async <T>(work: (client: Client) => Promise<T>): Promise<T> => {
      try {
        client ??= await open();
        return await work(client);
      } catch (error) {
        if ((error as { code?: unknown }).code === 'SQLITE_BUSY') close();
        throw error;
      }
    };
    const close = () => {
      client?.close();
      client = undefined;
    };
    const execute: Transaction['execute'] = (statement) => run((client) => client.execute(statement));
    const rollback = async () => void (await execute('ROLLBACK'));
    const commit = async () => {
      try {
        await execute('COMMIT');
      } catch (error) {
        // An open transaction left behind would swallow every later write.
        await rollback().catch(() => undefined);
        throw error;
      }
    };
    const transaction = async () => {
      await execute('BEGIN IMMEDIATE');
      return { execute, commit, rollback };
    };
    const executeMultiple: Client['executeMultiple'] = (script) => run((client) => client.executeMultiple(script));
    // The adapter calls only these.
    return { execute, transaction, executeMultiple, close } as unknown as Client;
  }
}

/** A `file:` URL as the driver reads it: percent-encoded, but with the path as the platform writes it. */
export function fileUrl(file: string): string {
  return `file:${file.split(path.sep).map(encodeURIComponent).join('/')}`;
}

/** Runs one statement without parameters and returns how many rows it changed. */
export function execute(connection: SqliteConnection, sql: string): Promise<number> {
  return connection.executeRaw({ sql, args: [], argTypes: [] });
}

/** Runs one query without parameters and returns its rows as arrays in column order. */
export async function query(connection: SqliteConnection, sql: string): Promise<unknown[][]> {
  return (await connection.queryRaw({ sql, args: [], argTypes: [] })).rows;
}
