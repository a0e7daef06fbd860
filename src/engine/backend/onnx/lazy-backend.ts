import type { Backend } from '../backend.js';
import type { OnnxOptions } from './onnx-backend.js';

/**
 * An ONNX Runtime backend named `onnx-cpu`, `onnx-webgpu`, ... Its native code is loaded at the first `capture` or
 * `compile`; a provider that cannot start fails then.
 */
export function createOnnxBackend(options: OnnxOptions): Backend {
  let loaded: Promise<Backend> | undefined;
  const load = () => (loaded ??= import('./onnx-backend.js').then((module) => module.createOnnxBackend(options)));
  return {
    name: `onnx-${options.provider ?? 'cpu'}`,
    capture: async (request) => await (await load()).capture(request),
    compile: async (request) => await (await load()).compile(request),
  };
}
