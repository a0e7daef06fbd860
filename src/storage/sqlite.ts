import path from 'node:path';
import { PrismaLibSQL } from '@prisma/adapter-libsql';

type Client = ReturnType<PrismaLibSQL['createClient']>;
type Transaction = Awaited<ReturnType<Client['transaction']>>;

/** One open SQLite connection, below Prisma. */
export type SqliteConnection = Awaited<ReturnType<PrismaLibSQL['connect']>>;

export interface SqliteOptions {
  /** FULL (default): acknowledged writes survive a power cut. OFF: they survive the process only; for tests, which it speeds up. */
  readonly synchronous?: 'FULL' | 'OFF';
}

const settings = ({ synchronous = 'FULL' }: SqliteOptions) => [
  'journal_mode = WAL',
  `synchronous = ${synchronous}`,
  'foreign_keys = ON',
  // Milliseconds, for visitors such as the sqlite3 shell; short because waiting blocks the event loop.
  'busy_timeout = 1000',
];

/**
 * Opens a SQLite file with exactly one connection.
 *
 * The stock client opens another connection after every transaction and leaves the old one to the garbage collector: its
 * settings are lost, and connections of one process lock each other out. Here transactions run on the one connection, and the
 * adapter's mutex keeps other statements out of them, so this process never causes SQLITE_BUSY. Where another program does
 * (the sqlite3 shell, say), the failed statement stays in progress and would block every later commit, so the connection is
 * replaced.
 */
export class SqliteAdapter extends PrismaLibSQL {
  constructor(
    file: string,
    private readonly options: SqliteOptions = {},
  ) {
    super({ url: fileUrl(file) });
  }

  override createClient(...args: Parameters<PrismaLibSQL['createClient']>): Client {
    let client: Client | undefined;
    const open = async () => {
      const opened = super.createClient(...args);
      for (const setting of settings(this.options)) await opened.execute(`PRAGMA ${setting}`);
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
        // An open transaction would swallow every later write.
        await rollback().catch(() => undefined);
        throw error;
      }
    };
    const transaction = async () => {
      await execute('BEGIN IMMEDIATE');
      return { execute, commit, rollback };
    };
    const executeMultiple: Client['executeMultiple'] = (script) => run((client) => client.executeMultiple(script));
    // The adapter calls these methods only.
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
