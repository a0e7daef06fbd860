import { createServer, request } from 'node:http';
import pino from 'pino';
import { onTestFinished } from 'vitest';
import { openAccess } from '../../src/auth/index.js';
import { createApp, createOriginGuard, listen, type AppDependencies } from '../../src/http/index.js';
import { ImageService } from '../../src/images/image-service.js';
import { ResultService } from '../../src/images/result-service.js';
import { TimelapseService } from '../../src/images/timelapse-service.js';
import type { Storage } from '../../src/storage/index.js';
import { LIMITS, temporaryStorage } from '../storage/support.js';

export const FRIEND = 'https://app.example.com';

export interface TestServer {
  readonly url: string;
  readonly storage: Storage;
}

/** A real server on a free port over a real storage, gone when the test ends. */
export async function startServer(
  changes: Partial<Omit<AppDependencies, 'config' | 'guard' | 'access'>> & { origins?: readonly string[] } = {},
): Promise<TestServer> {
  const storage = await temporaryStorage();
  const images = new ImageService(storage, LIMITS.maxBytes);
  const { origins = [], ...rest } = changes;
  const app = createApp({
    config: { origins, maxUploadBytes: LIMITS.maxBytes },
    guard: createOriginGuard(origins),
    access: await openAccess(
      { auth: 'off', dataDir: '', maxRequests: 10_000 },
      storage.apiKeys,
      pino({ level: 'silent' }),
    ),
    images,
    results: new ResultService(storage, images),
    timelapses: new TimelapseService(storage),
    findPreview: () => Promise.resolve(null),
    findObstacles: () => Promise.resolve([]),
    logger: pino({ level: 'silent' }),
    graphql: (_request, _response, next) => next(),
    ...rest,
  });
  const server = createServer(app);
  const url = await listen(server, '127.0.0.1', 0);
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url, storage };
}

export interface ErrorBody {
  readonly error: { readonly code: string; readonly message: string; readonly field: string | null };
}

/** Status and error code of a refused request. */
export async function refusal(response: Response): Promise<[number, string, string | null]> {
  const { error } = (await response.json()) as ErrorBody;
  return [response.status, error.code, error.field];
}

/** A plain request, with headers that fetch keeps to itself or adds to. */
export async function get(url: string, headers: Record<string, string> = {}, method = 'GET') {
  return await new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: string }>(
    (resolve, reject) => {
      request(url, { method, headers }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
        response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body }));
      })
        .on('error', reject)
        .end();
    },
  );
}
