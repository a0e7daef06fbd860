/** The child process that checks uploads: what a decoder does with hostile bytes happens here, under a memory limit. */
import { StorageError } from '../errors.js';
import { checkUpload, type ImageLimits } from './check-upload.js';
import { MEMORY_EXIT_CODE, type DecoderAnswer } from './protocol.js';

const MEMORY_CHECK_MS = 50;

const [maxBytes, maxPixels, maxMemory] = process.argv.slice(2).map(Number) as [number, number, number];
const limits: ImageLimits = { maxBytes, maxPixels };

setInterval(() => {
  if (process.memoryUsage.rss() > maxMemory) process.exit(MEMORY_EXIT_CODE);
}, MEMORY_CHECK_MS).unref();

process.on('message', (bytes: Uint8Array) => {
  void answer(bytes).then((message) => process.send?.(message));
});
process.on('disconnect', () => process.exit());

async function answer(bytes: Uint8Array): Promise<DecoderAnswer> {
  try {
    return { image: await checkUpload(bytes, limits) };
  } catch (error) {
    if (error instanceof StorageError) return { error: { code: error.code, message: error.message } };
    return { error: { code: null, message: String(error) } };
  }
}
