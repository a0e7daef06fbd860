import { EngineError } from '../engine/errors.js';
import { DEFAULT_PRESET, PRESETS } from '../engine/recipe/presets.js';
import type { Recipe, RecipeOverrides } from '../engine/recipe/recipe.js';
import { resolveRecipe } from '../engine/recipe/resolve.js';
import type { ImageRow, NewSession, SessionRow, Storage } from '../storage/index.js';
import { UserError, UserErrors } from './errors.js';
import { tooLargeForMemory, type Estimate, type EstimateRequest, type Estimator } from './estimator.js';
import type { ChosenNetwork, Networks } from './networks.js';
import { workingSize } from './working-size.js';

/** Styles that one session can blend. */
export const MAX_STYLES = 8;
const MAX_STYLE_WEIGHT = 1e6;
/** Of a style picture's size over the recipe's. */
export const STYLE_SCALE = { min: 0.25, max: 4 } as const;
export const MAX_TITLE_LENGTH = 200;

export interface StyleInput {
  readonly imageId: string;
  /** Its share of the blend, relative to the others': above 0, at most 1e6. */
  readonly weight: number;
  /** Its size over the recipe's, within `STYLE_SCALE`: how large its strokes and motifs come out. */
  readonly scale: number;
}

/** What a caller asks for. */
export interface CreateSession {
  readonly contentImageId: string;
  readonly styles: readonly StyleInput[];
  /** The picture that the run begins with, in place of what the recipe says. */
  readonly initialImageId?: string | undefined;
  readonly preset?: string | undefined;
  readonly recipe?: RecipeOverrides | undefined;
  readonly title?: string | undefined;
}

export interface CreatorOptions {
  readonly storage: Pick<Storage, 'sessions' | 'images'>;
  readonly networks: Pick<Networks, 'choose'>;
  readonly estimator: Pick<Estimator, 'estimate'>;
  /** Sessions that may wait at once. */
  readonly queueLimit: number;
}

/** What an input without a mistake comes to. */
interface CheckedSession {
  readonly content: ImageRow;
  readonly styles: readonly { readonly image: ImageRow; readonly scale: number }[];
  readonly recipe: Recipe;
  readonly network: ChosenNetwork;
}

/** Checks everything that can be checked about a session before anything is written, then queues it. */
export class SessionCreator {
  constructor(private readonly options: CreatorOptions) {}

  /** What the session would cost; writes nothing. Throws `UserErrors` with every mistake found. */
  async estimate(input: CreateSession): Promise<Estimate> {
    return await this.options.estimator.estimate(toEstimate(await this.#check(input)));
  }

  /** Throws `UserErrors` with every mistake found. */
  async create(input: CreateSession): Promise<SessionRow> {
    const { storage, estimator, queueLimit } = this.options;
    const checked = await this.#check(input);
    const { content, recipe, network } = checked;
    const estimate = await estimator.estimate(toEstimate(checked));
    if (!estimate.fits) throw new UserErrors([tooLargeForMemory(toEstimate(checked), estimate)]);
    if ((await storage.sessions.count(['QUEUED'])) >= queueLimit) {
      throw new UserErrors([new UserError('QUEUE_FULL', `${queueLimit} sessions are waiting; try again later.`)]);
    }
    const { width, height } = workingSize(content, recipe);
    const session: NewSession = {
      title: input.title?.trim() || undefined,
      preset: input.preset ?? DEFAULT_PRESET,
      recipe: JSON.stringify(recipe),
      contentImageId: content.id,
      initialImageId: input.initialImageId,
      styles: input.styles,
      width,
      height,
      totalSteps: recipe.steps,
      networkName: network.name,
      networkSha256: network.sha256,
      networkStandIn: network.standIn,
    };
    return await storage.sessions.create(session);
  }

  /** All that shows in the input. Throws `UserErrors` with every mistake found. */
  async #check(input: CreateSession): Promise<CheckedSession> {
    const mistakes = [...checkTitle(input), ...checkStyles(input)];
    const images = await this.#findImages(input, mistakes);
    const recipe = collect(mistakes, () => resolve(input));
    const network = recipe && (await this.#chooseNetwork(recipe, mistakes));
    if (mistakes.length > 0 || !recipe || !network) throw new UserErrors(mistakes);
    const styles = input.styles.map(({ imageId, scale }) => ({ image: images.get(imageId)!, scale }));
    return { content: images.get(input.contentImageId)!, styles, recipe, network };
  }

  /** The images by id; every one that does not exist is a mistake. */
  async #findImages(input: CreateSession, mistakes: UserError[]): Promise<ReadonlyMap<string, ImageRow>> {
    const { contentImageId, initialImageId, styles } = input;
    const fields = new Map([['contentImageId', contentImageId]]);
    if (initialImageId !== undefined) fields.set('initialImageId', initialImageId);
    for (const [index, { imageId }] of styles.slice(0, MAX_STYLES).entries()) {
      fields.set(`styles.${index}.imageId`, imageId);
    }
    const images = new Map(
      (await this.options.storage.images.findMany([...new Set(fields.values())])).map((image) => [image.id, image]),
    );
    for (const [field, id] of fields) {
      if (!images.has(id)) mistakes.push(new UserError('IMAGE_NOT_FOUND', `There is no image ${id}.`, field));
    }
    return images;
  }

  async #chooseNetwork(recipe: Recipe, mistakes: UserError[]) {
    try {
      return await this.options.networks.choose(recipe);
    } catch (error) {
      mistakes.push(toUserError(error));
      return undefined;
    }
  }
}

function toEstimate({ content, styles, recipe, network }: CheckedSession): EstimateRequest {
  return {
    recipe,
    network: network.shape,
    content,
    styles: styles.map(({ image: { width, height }, scale }) => ({ width, height, scale })),
  };
}

function checkTitle({ title }: CreateSession): UserError[] {
  if ((title?.length ?? 0) <= MAX_TITLE_LENGTH) return [];
  return [new UserError('INVALID_TITLE', `A title has at most ${MAX_TITLE_LENGTH} characters.`, 'title')];
}

function checkStyles({ styles }: CreateSession): UserError[] {
  if (styles.length < 1 || styles.length > MAX_STYLES) {
    return [
      new UserError('INVALID_STYLES', `A session has 1 to ${MAX_STYLES} styles, not ${styles.length}.`, 'styles'),
    ];
  }
  return styles.flatMap(({ weight, scale }, index) => {
    const wrong = (field: string, message: string) =>
      new UserError('INVALID_STYLES', message, `styles.${index}.${field}`);
    const errors: UserError[] = [];
    if (!(weight > 0 && weight <= MAX_STYLE_WEIGHT)) {
      errors.push(wrong('weight', `A weight lies above 0 and at most ${MAX_STYLE_WEIGHT}; this is ${weight}.`));
    }
    if (!(scale >= STYLE_SCALE.min && scale <= STYLE_SCALE.max)) {
      errors.push(wrong('scale', `A scale lies between ${STYLE_SCALE.min} and ${STYLE_SCALE.max}; this is ${scale}.`));
    }
    return errors;
  });
}

function resolve({ preset = DEFAULT_PRESET, recipe = {}, initialImageId }: CreateSession): Recipe {
  if (!PRESETS.some(({ name }) => name === preset)) {
    throw new UserError('PRESET_NOT_FOUND', `There is no preset ${preset}.`, 'preset');
  }
  if (initialImageId === undefined) {
    const resolved = resolveRecipe(preset, recipe);
    if (resolved.initialImage !== 'IMAGE') return resolved;
    throw new UserError('INVALID_RECIPE', 'initialImage IMAGE needs a picture to begin with.', 'initialImageId');
  }
  const initialImage = recipe.initialImage ?? 'IMAGE';
  if (initialImage === 'IMAGE') return resolveRecipe(preset, { ...recipe, initialImage });
  throw new UserError(
    'INVALID_RECIPE',
    `initialImageId names a picture to begin with, but initialImage is ${initialImage}; leave one of them out.`,
    'recipe.initialImage',
  );
}

function collect<T>(mistakes: UserError[], work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    mistakes.push(toUserError(error));
    return undefined;
  }
}

/** The engine's complaints about a recipe are the caller's mistakes; anything else is not. */
function toUserError(error: unknown): UserError {
  if (error instanceof UserError) return error;
  if (error instanceof EngineError) {
    const { code, field } = error;
    if (code === 'INVALID_RECIPE' || code === 'NETWORK_NOT_FOUND' || code === 'NETWORK_INVALID') {
      return new UserError(code, error.message, field && `recipe.${field}`);
    }
  }
  throw error;
}
