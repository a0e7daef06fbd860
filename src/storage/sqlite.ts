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
 * cannot come from within.
 */
export class SqliteAdapter extends PrismaLibSQL {
  constructor(file: string) {
    super({ url: fileUrl(file) });
  }

  override async connect(): Promise<SqliteConnection> {
    const connection = await super.connect();
    for (const setting of SETTINGS) await query(connection, `PRAGMA ${setting}`);
    return connection;
  }

  override createClient(...args: Parameters<PrismaLibSQL['createClient']>): Client {
    const client = super.createClient(...args);
    client.transaction = async () => {
      await client.execute('BEGIN IMMEDIATE');
      const rollback = async () => void (await client.execute('ROLLBACK'));
      const commit = async () => {
        try {
          await client.execute('COMMIT');
        } catch (error) {
          // An open transaction left behind would swallow every later write.
          await rollback().catch(() => undefined);
          throw error;
        }
      };
      // The adapter calls only these three.
      return { execute: client.execute.bind(client), commit, rollback } as unknown as Transaction;
    };
    return client;
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
