/** Child process of backends.ts: evaluates with the ONNX provider in argument 1 and sends the evaluations. */
import { createOnnxBackend, type OnnxProvider } from '../../src/engine/index.js';
import { evaluatingWith } from './reference.js';

const provider = process.argv[2] as OnnxProvider;
const evaluate = evaluatingWith(() => Promise.resolve(createOnnxBackend({ threads: 2, provider })));

process.on('message', ({ caseName, images }: { caseName: string; images: readonly Float32Array[] }) => {
  void evaluate(caseName, images).then((evaluations) => process.send!(evaluations));
});
process.on('disconnect', () => process.exit());
