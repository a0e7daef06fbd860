/**
 * The child process that comes by one network and ends: measuring activations is native work on a large network, which
 * must not take the server with it. Started by `fork` with `serialization: 'advanced'`; argument 1 is the thread count.
 */
import { createOnnxBackend } from '../backend/onnx/lazy-backend.js';
import { EngineError, type EngineErrorCode } from '../errors.js';
import type { DownloadProgress } from './download.js';
import { installNetwork, type InstallRequest } from './install.js';

/** What it tells its parent, which sends it one `InstallRequest`. */
export type InstallEvent =
  | ({ readonly type: 'progress' } & DownloadProgress)
  /** `sha256`: of what was downloaded; null where nothing was. */
  | { readonly type: 'done'; readonly sha256: string | null }
  | { readonly type: 'failed'; readonly code: EngineErrorCode; readonly message: string };

const backend = createOnnxBackend({ threads: Number(process.argv[2] ?? 1) });

process.once('message', (request: InstallRequest) => {
  // Not before all was sent; an exit could overtake it.
  void install(request).then((end) => process.send!(end, undefined, undefined, () => process.disconnect()));
});
process.once('disconnect', () => process.exit());

async function install(request: InstallRequest): Promise<InstallEvent> {
  try {
    const sha256 = await installNetwork(request, backend, (progress) =>
      process.send!({ type: 'progress', ...progress }),
    );
    return { type: 'done', sha256 };
  } catch (error) {
    const code = error instanceof EngineError ? error.code : 'NETWORK_NOT_FOUND';
    return { type: 'failed', code, message: error instanceof Error ? error.message : String(error) };
  }
}
