import { EngineError } from '../engine/errors.js';
import { DEFAULT_PRESET, PRESETS } from '../engine/recipe/presets.js';
import type { Recipe, RecipeOverrides } from '../engine/recipe/recipe.js';
import { resolveRecipe } from '../engine/recipe/resolve.js';
import type { ImageRow, NewSession, SessionRow, SessionStatus, Storage } from '../storage/index.js';
import { UserError, UserErrors } from './errors.js';
import { findEmptyMask, type AskedMasks } from './masks.js';
import type { Networks } from './networks.js';
import { isVisible, type Viewer } from './viewer.js';
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
  /** The mask of where in the content it is painted: white there, black elsewhere. */
  readonly maskImageId?: string | null | undefined;
}

/** What a caller asks for. */
export interface CreateSession {
  readonly contentImageId: string;
  readonly styles: readonly StyleInput[];
  /** The picture that the run begins with, in place of what the recipe says. */
  readonly initialImageId?: string | undefined;
  /** The mask of what stays the content's: white there, black elsewhere. */
  readonly keepMaskImageId?: string | undefined;
  readonly preset?: string | undefined;
  readonly recipe?: RecipeOverrides | undefined;
  readonly title?: string | undefined;
}

export interface CreatorOptions {
  readonly storage: Pick<Storage, 'sessions' | 'images' | 'blobs' | 'codec'>;
  readonly networks: Pick<Networks, 'choose'>;
  /** Sessions that may wait at once. */
  readonly queueLimit: number;
  /** Unfinished sessions that one owner may have at once. */
  readonly ownerLimit: number;
}

/** What an owner's limit counts. */
const UNFINISHED: readonly SessionStatus[] = ['QUEUED', 'RUNNING', 'PAUSED'];

/** Checks everything that can be checked about a session before anything is written, then queues it. */
export class SessionCreator {
  #adding: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: CreatorOptions) {}

  /** Throws `UserErrors` with every mistake found. */
  async create(viewer: Viewer, input: CreateSession): Promise<SessionRow> {
    const mistakes = [...checkTitle(input), ...checkStyles(input)];
    const images = await this.#findImages(viewer, input, mistakes);
    const content = images.get(input.contentImageId);
    const recipe = collect(mistakes, () => resolve(input));
    const network = recipe && (await this.#chooseNetwork(recipe, mistakes));
    if (mistakes.length > 0 || !content || !recipe || !network) throw new UserErrors(mistakes);
    const { width, height } = workingSize(content, recipe);
    const emptyMask = await findEmptyMask(this.options.storage, masksOf(input, images), recipe, { width, height });
    if (emptyMask) throw new UserErrors([emptyMask]);
    const session: NewSession = {
      ownerId: viewer.ownerId,
      title: input.title?.trim() || undefined,
      preset: input.preset ?? DEFAULT_PRESET,
      recipe: JSON.stringify(recipe),
      contentImageId: content.id,
      initialImageId: input.initialImageId,
      keepMaskImageId: input.keepMaskImageId,
      styles: input.styles,
      width,
      height,
      totalSteps: recipe.steps,
      networkName: network.name,
      networkSha256: network.sha256,
      networkStandIn: network.standIn,
    };
    return await this.#add(session);
  }

  /** One after the other, so that two that come at once do not both find the last place free. */
  #add(session: NewSession): Promise<SessionRow> {
    const added = this.#adding.then(async () => {
      await this.#checkRoom(session.ownerId);
      return await this.options.storage.sessions.create(session);
    });
    this.#adding = added.catch(() => undefined);
    return added;
  }

  async #checkRoom(ownerId: string): Promise<void> {
    const { storage, queueLimit, ownerLimit } = this.options;
    const waiting = await storage.sessions.count(['QUEUED']);
    if (waiting >= queueLimit) {
      const message = `The queue is full: ${waiting} sessions wait, and this one would be number ${waiting + 1}. Try again later.`;
      throw new UserErrors([new UserError('QUEUE_FULL', message, undefined, waiting)]);
    }
    if ((await storage.sessions.count(UNFINISHED, ownerId)) >= ownerLimit) {
      const message = `You have ${ownerLimit} unfinished sessions, as many as one may have. Cancel one, or wait for one to finish.`;
      throw new UserErrors([new UserError('TOO_MANY_SESSIONS', message)]);
    }
  }

  /** The images by id; every image that the viewer does not have is a mistake. */
  async #findImages(
    viewer: Viewer,
    input: CreateSession,
    mistakes: UserError[],
  ): Promise<ReadonlyMap<string, ImageRow>> {
    const { contentImageId, initialImageId, keepMaskImageId, styles } = input;
    const fields = new Map([['contentImageId', contentImageId]]);
    if (initialImageId !== undefined) fields.set('initialImageId', initialImageId);
    if (keepMaskImageId !== undefined) fields.set('keepMaskImageId', keepMaskImageId);
    for (const [index, { imageId, maskImageId }] of styles.slice(0, MAX_STYLES).entries()) {
      fields.set(`styles.${index}.imageId`, imageId);
      if (maskImageId != null) fields.set(`styles.${index}.maskImageId`, maskImageId);
    }
    const found = await this.options.storage.images.findMany([...new Set(fields.values())]);
    const images = new Map(found.filter((image) => isVisible(viewer, image)).map((image) => [image.id, image]));
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

function masksOf({ styles, keepMaskImageId }: CreateSession, images: ReadonlyMap<string, ImageRow>): AskedMasks {
  const find = (id: string | null | undefined) => (id == null ? undefined : images.get(id));
  return {
    styles: styles.map(({ weight, maskImageId }) => ({ weight, mask: find(maskImageId) })),
    keepMask: find(keepMaskImageId),
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
