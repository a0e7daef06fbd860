import { randomUUID } from 'node:crypto';
import { EngineError, type Continuation, type Job, type Networks, type Recipe } from '../engine/index.js';
import type { ImageRow, SessionRow, Storage } from '../storage/index.js';
import { readMask } from '../images/masks.js';
import { workingSize } from '../estimates/working-size.js';
import type { RgbImage } from '../core/pixels.js';

/** Makes the engine's job of a session's row: pictures decoded, network and checkpoint found. */
export class JobBuilder {
  constructor(
    private readonly storage: Pick<Storage, 'images' | 'blobs' | 'codec' | 'checkpoints'>,
    private readonly networks: Pick<Networks, 'locate' | 'obtain'>,
  ) {}

  /** A session whose network has to be obtained waits for it, as long as the signal lets it. */
  async build(session: SessionRow, signal: AbortSignal): Promise<Job> {
    const recipe = JSON.parse(session.recipe) as Recipe;
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
      ...(await this.#place(session)),
    };
  }

  /** Where the run begins, and where it leaves its last state. */
  async #place(session: SessionRow): Promise<Pick<Job, 'resume' | 'continuation' | 'finalState'>> {
    const { checkpoints } = this.storage;
    const resume = (await checkpoints.find(session.id)) ?? undefined;
    const continuation = continuationOf(session);
    if (continuation && !resume) {
      throw new EngineError('CHECKPOINT_INVALID', 'The state that this session goes on from is gone.');
    }
    return { resume, continuation, finalState: checkpoints.newFile() };
  }

  async #network(session: SessionRow, recipe: Recipe, signal: AbortSignal): Promise<Job['network']> {
    if (session.networkSha256 === null) {
      const { name, sha256, isFallback, file } = await this.networks.obtain(recipe, signal);
      return { name, sha256, isFallback, file };
    }
    // The network that the session was created with, even if the one it stands in for has turned up since.
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
    if (!image) throw new Error(`Image ${imageId} is gone.`);
    return image;
  }
}

/** The continuation that a session's present run is; undefined where the run is the recipe's own. */
function continuationOf({ id, continuedFrom, totalSteps }: SessionRow): Continuation | undefined {
  if (continuedFrom === null) return undefined;
  return { id: `${id}/${continuedFrom}`, fromStep: continuedFrom, steps: totalSteps - continuedFrom };
}
