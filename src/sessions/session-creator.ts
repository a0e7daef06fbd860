import { DEFAULT_PRESET } from '../engine/recipe/presets.js';
import type { Recipe, RecipeOverrides } from '../engine/recipe/recipe.js';
import { overrideRecipe } from '../engine/index.js';
import { planScales } from '../engine/schedule/pyramid.js';
import { newId, type ImageRow, type NewSession, type SessionRow, type Storage } from '../storage/index.js';
import type { Admission } from './admission.js';
import { checkState, type Branch } from './branch.js';
import { collect, toUserError } from './engine-mistake.js';
import { UserError, UserErrors } from '../core/errors.js';
import { tooLargeForMemory, type Estimate, type EstimateRequest, type Estimator } from '../estimates/estimator.js';
import type { IdempotencyMark } from './idempotency.js';
import { checkTags, checkTitle, cleanTags } from './labels.js';
import { findEmptyMask, type AskedMasks } from '../images/masks.js';
import type { ChosenNetwork, Networks } from '../engine/install/networks.js';
import type { PresetService } from '../presets/preset-service.js';
import type { SessionObserver } from '../progress/observer.js';
import { isVisible, type Viewer } from '../core/viewer.js';
import { workingSize } from '../estimates/working-size.js';

/** Styles that one session can blend. */
export const MAX_STYLES = 8;
const MAX_STYLE_WEIGHT = 1e6;
/** Of a style picture's size over the recipe's. */
export const STYLE_SCALE = { min: 0.25, max: 4 } as const;

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
  readonly tags?: readonly string[] | undefined;
  /** What it takes over from another session. */
  readonly branch?: Branch | undefined;
}

export interface CreatorOptions {
  readonly storage: Pick<Storage, 'sessions' | 'images' | 'blobs' | 'codec' | 'checkpoints'>;
  readonly networks: Pick<Networks, 'choose'>;
  readonly presets: Pick<PresetService, 'find'>;
  readonly estimator: Pick<Estimator, 'estimate'>;
  readonly admission: Admission;
  /** Hears of every session that is created. */
  readonly observer: Pick<Required<SessionObserver>, 'created'>;
}

/** A preset, or what another session was made with. */
interface RecipeBase {
  readonly name: string;
  /** Undefined of built-in ones. */
  readonly presetId: string | undefined;
  readonly recipe: Recipe;
}

/** What an input without a mistake comes to. */
interface CheckedSession {
  readonly content: ImageRow;
  /** Of the result. */
  readonly size: { readonly width: number; readonly height: number };
  readonly base: RecipeBase;
  readonly recipe: Recipe;
  readonly network: ChosenNetwork;
  readonly cost: EstimateRequest;
}

/** Checks everything that can be checked about a session before anything is written, then queues it. */
export class SessionCreator {
  constructor(private readonly options: CreatorOptions) {}

  /** What the session would cost; writes nothing. Throws `UserErrors` with every mistake found. */
  async estimate(viewer: Viewer, input: CreateSession): Promise<Estimate> {
    const { cost } = await this.#check(viewer, input);
    return await this.options.estimator.estimate(cost);
  }

  /** Throws `UserErrors` with every mistake found. */
  async create(viewer: Viewer, input: CreateSession, mark?: IdempotencyMark): Promise<SessionRow> {
    const { storage, admission, estimator, observer } = this.options;
    const { branch } = input;
    const { content, size, base, recipe, network, cost } = await this.#check(viewer, input);
    const estimate = await estimator.estimate(cost);
    if (!estimate.fits) throw new UserErrors([tooLargeForMemory(cost, estimate)]);
    const session: NewSession = {
      ownerId: viewer.ownerId,
      title: input.title?.trim() || undefined,
      preset: base.name,
      presetId: base.presetId,
      recipe: JSON.stringify(recipe),
      contentImageId: content.id,
      initialImageId: input.initialImageId,
      keepMaskImageId: input.keepMaskImageId,
      styles: input.styles,
      tags: cleanTags(input.tags ?? []),
      ...size,
      totalSteps: recipe.steps,
      networkName: network.name,
      networkSha256: network.sha256,
      networkIsFallback: network.isFallback,
      parentId: branch?.parent.id,
      ...mark,
    };
    const created = await admission.enter({ ownerId: viewer.ownerId, isUnfinished: false }, () =>
      branch?.takesState ? this.#createWithState(session, branch.parent.id) : storage.sessions.create(session),
    );
    observer.created(created);
    return created;
  }

  /** All that shows in the input. Throws `UserErrors` with every mistake found. */
  async #check(viewer: Viewer, input: CreateSession): Promise<CheckedSession> {
    const { branch } = input;
    const mistakes = [...checkTitle(input.title), ...checkTags(input.tags ?? []), ...checkStyles(input)];
    const images = await this.#findImages(viewer, input, mistakes);
    const content = images.get(input.contentImageId);
    const base = await this.#findBase(viewer, input);
    const recipe = collect(mistakes, () => resolve(input, base));
    const network = recipe && (await this.#chooseNetwork(recipe, mistakes));
    const size = content && recipe && workingSize(content, recipe);
    if (branch?.takesState && size && network) mistakes.push(...checkState(branch.parent, size, network));
    if (mistakes.length > 0 || !content || !base || !recipe || !network || !size) throw new UserErrors(mistakes);
    // A run that goes on from a state makes all its steps at the final scale.
    const coarsest = branch?.takesState ? size : planScales(size.width, size.height, recipe)[0]!;
    const emptyMask = await findEmptyMask(this.options.storage, masksOf(input, images), recipe, coarsest);
    if (emptyMask) throw new UserErrors([emptyMask]);
    const styles = input.styles.map(({ imageId, scale }) => ({ ...images.get(imageId)!, scale }));
    const cost = { recipe, network: network.shape, content, styles, maskedRegions: countMaskedRegions(input) };
    const { width, height } = size;
    return { content, size: { width, height }, base, recipe, network, cost };
  }

  /** The state first: a session that is to go on from one never lacks it. */
  async #createWithState(session: NewSession, parentId: string): Promise<SessionRow> {
    const { sessions, checkpoints } = this.options.storage;
    const id = newId('ses');
    if (!(await checkpoints.copy(parentId, id))) {
      const message = 'No state of the session is kept: it has made no step yet.';
      throw new UserErrors([new UserError('NO_CHECKPOINT', message, 'from')]);
    }
    try {
      return await sessions.create({ ...session, id, continuedFrom: 0 });
    } catch (error) {
      await checkpoints.delete(id);
      throw error;
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

  /** What the recipe begins with; null where the viewer has no such preset. */
  async #findBase(viewer: Viewer, { preset: name, branch }: CreateSession): Promise<RecipeBase | null> {
    if (branch && name === undefined) {
      const { preset, presetId, recipe } = branch.parent;
      return { name: preset, presetId: presetId ?? undefined, recipe: JSON.parse(recipe) as Recipe };
    }
    const preset = await this.options.presets.find(viewer, name ?? DEFAULT_PRESET);
    return preset && { ...preset, presetId: preset.builtIn ? undefined : preset.id };
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

/** Styles that share a mask share a region, and those without one another (objective/regions.ts). 0 where there is no mask. */
function countMaskedRegions({ styles, keepMaskImageId }: CreateSession): number {
  const masks = new Set(styles.map(({ maskImageId }) => maskImageId ?? null));
  return keepMaskImageId === undefined && masks.size === 1 && masks.has(null) ? 0 : masks.size;
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

function resolve(input: CreateSession, base: RecipeBase | null): Recipe {
  if (!base) throw new UserError('PRESET_NOT_FOUND', `There is no preset ${input.preset}.`, 'preset');
  const { recipe = {}, initialImageId } = input;
  const override = (overrides: RecipeOverrides) => overrideRecipe(base.recipe, overrides);
  if (initialImageId === undefined) {
    const resolved = override(recipe);
    if (resolved.initialImage !== 'IMAGE') return resolved;
    throw new UserError('INVALID_RECIPE', 'initialImage IMAGE needs a picture to begin with.', 'initialImageId');
  }
  const initialImage = recipe.initialImage ?? 'IMAGE';
  if (initialImage === 'IMAGE') return override({ ...recipe, initialImage });
  throw new UserError(
    'INVALID_RECIPE',
    `initialImageId names a picture to begin with, but initialImage is ${initialImage}; leave one of them out.`,
    'recipe.initialImage',
  );
}
