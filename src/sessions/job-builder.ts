import { randomUUID } from 'node:crypto';
import { locateNetwork } from '../engine/network/locate.js';
import type { Recipe } from '../engine/recipe/recipe.js';
import type { RgbImage } from '../engine/types.js';
import type { Job } from '../engine/worker/protocol.js';
import type { SessionRow, Storage } from '../storage/index.js';
import { workingSize } from './working-size.js';

/** Makes the engine's job of a session's row: pictures decoded, network found. */
export class JobBuilder {
  constructor(
    private readonly storage: Pick<Storage, 'images' | 'blobs' | 'codec'>,
    /** The file of `vgg19`, where there is one. */
    private readonly weightsFile: string | undefined,
  ) {}

  async build(session: SessionRow): Promise<Job> {
    const recipe = JSON.parse(session.recipe) as Recipe;
    const [content, ...styles] = await Promise.all(
      [session.contentImageId, ...session.styles.map(({ imageId }) => imageId)].map((id) => this.#decode(id, recipe)),
    );
    const initialImage = session.initialImageId ? await this.#decode(session.initialImageId, recipe) : undefined;
    // The network that the session was created with, even if the one it stands in for has turned up since.
    const network = { name: session.networkName!, sha256: session.networkSha256!, standIn: session.networkStandIn };
    const { file } = await locateNetwork({ ...recipe, network: network.name }, this.weightsFile);
    return {
      jobId: randomUUID(),
      recipe,
      content: content!,
      styles: session.styles.map(({ weight }, index) => ({ image: styles[index]!, weight })),
      initialImage,
      network: { ...network, file },
      firstSeq: session.seq + 1,
    };
  }

  async #decode(imageId: string, recipe: Recipe): Promise<RgbImage> {
    const image = await this.storage.images.find(imageId);
    if (!image) throw new Error(`Image ${imageId} is gone.`);
    return await this.storage.codec.decode(
      await this.storage.blobs.get(image.sha256),
      workingSize(image, recipe).decodeSide,
    );
  }
}
