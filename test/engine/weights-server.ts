/** An HTTP server with one file, which a test can make misbehave. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface WeightsServer {
  readonly url: string;
  /** All requested ranges, [begin, end). */
  readonly ranges: [begin: number, end: number][];
  /** Bytes sent over all connections, including closed ones. */
  bytesSent(): number;
  /** The served file; can be replaced. */
  file: Uint8Array;
  etag: string;
}

/** Answers in place of the server if it returns true. */
export type Misbehaviour = (
  request: IncomingMessage,
  response: ServerResponse,
  /** Number of the request, from 1. */
  count: number,
  range: readonly [begin: number, end: number],
) => boolean;

/** Serves the file under every path, with ranges and an ETag, until the test ends. */
export async function serveWeights(file: Uint8Array, misbehave: Misbehaviour = () => false): Promise<WeightsServer> {
  let closedBytes = 0;
  const sockets = new Set<{ readonly bytesWritten: number }>();
  const ranges: [number, number][] = [];
  const http = createServer((request, response) => {
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '')!;
    const range: [number, number] = [Number(from), Number(to) + 1];
    ranges.push(range);
    if (misbehave(request, response, ranges.length, range)) return;
    response.writeHead(206, rangeHeaders(server, range)).end(server.file.subarray(...range));
  });
  http.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => {
      closedBytes += socket.bytesWritten;
      sockets.delete(socket);
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  const server: WeightsServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/vgg.safetensors`,
    ranges,
    bytesSent: () => closedBytes + [...sockets].reduce((sum, socket) => sum + socket.bytesWritten, 0),
    file,
    etag: '"one"',
  };
  return server;
}

export function rangeHeaders(
  { file, etag }: Pick<WeightsServer, 'file' | 'etag'>,
  [begin, end]: readonly [number, number],
) {
  return {
    ETag: etag,
    'Content-Range': `bytes ${begin}-${Math.min(end, file.length) - 1}/${file.length}`,
    'Content-Length': Math.min(end, file.length) - begin,
  };
}
