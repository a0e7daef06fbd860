/** The backend on ONNX Runtime: builds the graphs and runs them with onnxruntime-node. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import {
  wrapBackendErrors,
  type Backend,
  type Captured,
  type CaptureRequest,
  type ContentTarget,
  type Program,
  type ProgramRequest,
  type ProgramResult,
  type StyleTarget,
} from '../backend.js';
import { layerSizes, styleTerms, type LayerSize } from '../layers.js';
import { buildCapture } from './forward.js';
import { buildObjective } from './objective-graph.js';

/** Execution provider of ONNX Runtime. Availability depends on the platform and the installation. */
export type OnnxProvider = 'cpu' | 'cuda' | 'webgpu';

export interface OnnxOptions {
  /** Number of threads per operator on the CPU. */
  readonly threads: number;
  /** Default: `cpu`. Operators that another provider lacks run on the CPU. */
  readonly provider?: OnnxProvider;
}

/** A provider that cannot start fails at the first `capture` or `compile`. Backends are named `onnx-cpu`, `onnx-webgpu`, ... */
export function createOnnxBackend({ threads, provider = 'cpu' }: OnnxOptions): Backend {
  const options: InferenceSession.SessionOptions = {
    executionProviders: [provider],
    graphOptimizationLevel: 'all',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    // Without the arena, each node's output is mapped anew, and page faults double the time of a step.
    enableCpuMemArena: true,
    // A memory pattern would allocate another block in addition to the arena.
    enableMemPattern: false,
    extra: { session: { set_denormal_as_zero: '1' } },
    logSeverityLevel: 3,
  };
  const load = (model: Uint8Array) => wrapBackendErrors('ONNX Runtime', () => InferenceSession.create(model, options));
  return {
    name: `onnx-${provider}`,
    capture: async (request) => {
      const session = await load(buildCapture(request));
      try {
        return await capture(session, request);
      } finally {
        await session.release();
      }
    },
    compile: async (request) => new OnnxProgram(await load(buildObjective(request)), request),
  };
}

async function capture(session: InferenceSession, { image, features, grams }: CaptureRequest): Promise<Captured> {
  const input = new Tensor('float32', image.data, [1, 3, image.height, image.width]);
  const outputs = await wrapBackendErrors('ONNX Runtime', () => session.run({ image: input }));
  const pick = (kind: string, layers: readonly string[]) =>
    new Map(layers.map((layer) => [layer, outputs[`${kind}:${layer}`]!.data as Float32Array]));
  return { features: pick('features', features), grams: pick('gram', grams) };
}

class OnnxProgram implements Program {
  readonly #session: InferenceSession;
  readonly #request: ProgramRequest;
  readonly #sizes: ReadonlyMap<string, LayerSize>;

  constructor(session: InferenceSession, request: ProgramRequest) {
    this.#session = session;
    this.#request = request;
    this.#sizes = layerSizes(request.network, request.width, request.height);
  }

  async run(
    image: Float32Array,
    content: ReadonlyMap<string, ContentTarget>,
    style: ReadonlyMap<string, StyleTarget>,
    gradient: Float32Array,
  ): Promise<ProgramResult> {
    const { width, height, contentLayers, styleLayers, maskedRegions } = this.#request;
    const shape = [1, 3, height, width];
    const feeds: Record<string, Tensor> = { image: new Tensor('float32', image, shape) };
    for (const name of contentLayers) {
      const { channels, width, height } = this.#sizes.get(name)!;
      const { target, weight } = content.get(name)!;
      feeds[`content:${name}`] = new Tensor('float32', target, [1, channels, height, width]);
      feeds[`content-coefficient:${name}`] = scalar((2 * weight) / (channels * width * height));
    }
    for (const name of styleLayers) {
      const { channels, width, height } = this.#sizes.get(name)!;
      const { regions, weight } = style.get(name)!;
      for (const [k, term] of styleTerms(name, maskedRegions).entries()) {
        const { target, share, mask } = regions[k]!;
        feeds[`style:${term}`] = new Tensor('float32', target, [channels, channels]);
        feeds[`style-coefficient:${term}`] = scalar((4 * weight * share) / (channels ** 3 * width * height));
        if (mask) feeds[`mask:${term}`] = new Tensor('float32', mask, [1, width * height]);
      }
    }
    const fetches: Record<string, Tensor | null> = { gradient: new Tensor('float32', gradient, shape) };
    for (const name of contentLayers) fetches[`content-loss:${name}`] = null;
    for (const name of styleLayers) {
      for (const term of styleTerms(name, maskedRegions)) fetches[`style-loss:${term}`] = null;
    }
    const outputs = await wrapBackendErrors('ONNX Runtime', () => this.#session.run(feeds, fetches));
    const loss = (name: string) => (outputs[name]!.data as Float32Array)[0]!;
    const contentLoss = (name: string) => loss(`content-loss:${name}`);
    const styleLoss = (name: string) =>
      styleTerms(name, maskedRegions).reduce(
        (sum, term, k) => sum + style.get(name)!.regions[k]!.share * loss(`style-loss:${term}`),
        0,
      );
    const means = (names: readonly string[], sum: (name: string) => number, count: (size: LayerSize) => number) =>
      new Map(names.map((name) => [name, sum(name) / count(this.#sizes.get(name)!)]));
    return {
      contentLosses: means(contentLayers, contentLoss, (size) => size.channels * size.width * size.height),
      styleLosses: means(styleLayers, styleLoss, (size) => size.channels ** 2),
    };
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}

const scalar = (value: number) => new Tensor('float32', Float32Array.of(value), []);
