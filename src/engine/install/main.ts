/**
 * The child process that installs one network and exits: measuring activations is native work on a large network, which
 * must not crash the server. Argument 1 is the number of threads.
 */
import { createOnnxBackend } from '../backend/onnx/lazy-backend.js';
import { EngineError } from '../errors.js';
import { exitWithParent, onRequest, sendToParent } from '../process/child.js';
import type { InstallEvent } from './host.js';
import { installNetwork, type InstallRequest } from './install.js';

const backend = createOnnxBackend({ threads: Number(process.argv[2]) });

exitWithParent();
onRequest<InstallRequest>(async (request) => {
  await sendToParent(await install(request));
  process.exit();
});

async function install(request: InstallRequest): Promise<InstallEvent> {
  try {
    const sha256 = await installNetwork(request, backend, (progress) => {
      void sendToParent({ type: 'progress', ...progress } satisfies InstallEvent);
    });
    return { type: 'done', sha256 };
  } catch (error) {
    const code = error instanceof EngineError ? error.code : 'NETWORK_NOT_FOUND';
    return { type: 'failed', code, message: error instanceof Error ? error.message : String(error) };
  }
}
