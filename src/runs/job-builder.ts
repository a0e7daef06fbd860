import { randomUUID } from 'node:crypto';
import type { RgbImage } from '../core/pixels.js';
import { EngineError, type Continuation, type Job, type Networks, type Recipe } from '../engine/index.js';
import { workingSize } from '../estimates/estimator.js';
import { readMask } from '../images/masks.js';
import type { ImageRow, SessionRow, Storage } from '../storage/index.js';

/** Builds the engine's job from a session's row: decodes the images, finds the network and the checkpoint. */
export class JobBuilder {
  constructor(
    private readonly storage: Pick<Storage, 'images' | 'blobs' | 'codec' | 'checkpoints'>,
    private readonly networks: Pick<Networks, 'locate' | 'install'>,
  ) {}

  /** Installs the session's network first if that is missing, unless the signal is aborted. */
  async build(session: SessionRow, signal: AbortSignal): Promise<Job> {
    const recipe = session.recipe;
    const [content, ...styles] = await Promise.all(
      [session.contentImageId, ...session.styles.map(({ imageId }) => imageId)].map((id) => this.#decode(id, recipe)),
    );
    const mask = async (id: string | null) =>
      id === null ? undefined : await readMask(this.storage, await this.#find(id), session);
    const masks = await Promise.all(session.styles.map(({ maskImageId }) => mask(maskImageId)));
    const initialImage = session.initialImageId ? await this.#decode(session.initialImageId, recipe) : undefined;
    return {
      jobId: randomUUID(),
      recipe,
      content: content!,
      styles: session.styles.map(({ weight, scale }, index) => ({
        image: styles[index]!,
        weight,
        scale,
        mask: masks[index],
      })),
      initialImage,
      keepMask: await mask(session.keepMaskImageId),
      network: await this.#network(session, recipe, signal),
      firstSeq: session.seq + 1,
      ...(await this.#startAndEnd(session)),
    };
  }

  /** The checkpoint that the run starts from, and the file for its final checkpoint. */
  async #startAndEnd(session: SessionRow): Promise<Pick<Job, 'resume' | 'continuation' | 'finalState'>> {
    const { checkpoints } = this.storage;
    const resume = (await checkpoints.find(session.id)) ?? undefined;
    const continuation = continuationOf(session);
    if (continuation && !resume) {
      throw new EngineError(
        'CHECKPOINT_INVALID',
        'The checkpoint that this session continues from is missing. Branch the session instead.',
      );
    }
    return { resume, continuation, finalState: checkpoints.newFile() };
  }

  async #network(session: SessionRow, recipe: Recipe, signal: AbortSignal): Promise<Job['network']> {
    if (session.networkSha256 === null) {
      const { name, sha256, isFallback, file } = await this.networks.install(recipe, signal);
      return { name, sha256, isFallback, file };
    }
    // The network that the session was created with, even if the requested network was installed since.
    const network = {
      name: session.networkName!,
      sha256: session.networkSha256,
      isFallback: session.networkIsFallback,
    };
    const { file } = await this.networks.locate({ ...recipe, network: network.name });
    return { ...network, file };
  }

  async #decode(imageId: string, recipe: Recipe): Promise<RgbImage> {
    const image = await this.#find(imageId);
    return await this.storage.codec.decode(
      await this.storage.blobs.get(image.sha256),
      workingSize(image, recipe).decodeSide,
    );
  }

  async #find(imageId: string): Promise<ImageRow> {
    const image = await this.storage.images.find(imageId);
    if (!image) throw new Error(`Image ${imageId} was deleted.`);
    return image;
  }
}

/** The continuation of the current run; undefined if the run makes the recipe's own steps. */
function continuationOf({ id, continuedFrom, totalSteps }: SessionRow): Continuation | undefined {
  if (continuedFrom === null) return undefined;
  return { id: `${id}/${continuedFrom}`, fromStep: continuedFrom, steps: totalSteps - continuedFrom };
}
