import { UserError, UserErrors } from '../core/errors.js';
import { isVisible, type Viewer } from '../core/viewer.js';
import {
  DEFAULT_PRESET,
  overrideRecipe,
  planScales,
  type SelectedNetwork,
  type Networks,
  type Recipe,
  type RecipeOverrides,
} from '../engine/index.js';
import {
  tooLargeForMemory,
  workingSize,
  type Estimate,
  type EstimateRequest,
  type Estimator,
} from '../estimates/estimator.js';
import { findEmptyMask, type AskedMasks } from '../images/masks.js';
import type { PresetService } from '../presets/preset-service.js';
import { collectError, toUserError } from '../presets/recipe-errors.js';
import type { SessionObserver } from '../progress/observer.js';
import { newId, type ImageRow, type NewSession, type SessionRow, type Storage } from '../storage/index.js';
import type { RequestMark } from './idempotency.js';
import { checkTags, checkTitle, cleanTags } from './labels.js';
import type { QueueLimits } from './queue-limits.js';

/** Most styles of one session. */
export const MAX_STYLES = 8;
const MAX_STYLE_WEIGHT = 1e6;
/** Range of a style image's size relative to the recipe's. */
export const STYLE_SCALE = { min: 0.25, max: 4 } as const;

export interface StyleInput {
  readonly imageId: string;
  /** Share of the blend relative to the other styles: above 0, at most 1e6. */
  readonly weight: number;
  /** Size of the style image relative to the recipe's, within `STYLE_SCALE`: the size of strokes and motifs. */
  readonly scale: number;
  /** Mask of the region of the content that gets this style: white inside, black outside. */
  readonly maskImageId?: string | null | undefined;
}

/** Input of a new session. */
export interface CreateSession {
  readonly contentImageId: string;
  readonly styles: readonly StyleInput[];
  /** Image that the run starts from, in place of the recipe's `initialImage`. */
  readonly initialImageId?: string | undefined;
  /** Mask of the region that keeps the content: white inside, black outside. */
  readonly keepMaskImageId?: string | undefined;
  readonly preset?: string | undefined;
  readonly recipe?: RecipeOverrides | undefined;
  readonly title?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  /** Set if the session is made from another one. */
  readonly branch?: Branch | undefined;
}

/** What a new session takes over from another one. */
interface Branch {
  /** Provides the base recipe, unless a preset is named. */
  readonly parent: SessionRow;
  /** Whether the run starts from the parent's checkpoint. */
  readonly fromCheckpoint: boolean;
}

/** What a branch starts from: its recipe's initial image, the parent's result, or the parent's checkpoint. */
export type BranchFrom = 'RECIPE' | 'RESULT' | 'CHECKPOINT';

/** Input of a branch; absent fields are taken from the parent. */
export interface BranchSession {
  readonly from: BranchFrom;
  readonly preset?: string | undefined;
  readonly recipe?: RecipeOverrides | undefined;
  readonly contentImageId?: string | undefined;
  readonly styles?: readonly StyleInput[] | undefined;
  /** Absent with another content: no mask. */
  readonly keepMaskImageId?: string | undefined;
  readonly title?: string | undefined;
  readonly idempotencyKey?: string | undefined;
}

/** The input of a new session that branches from `parent`. Throws `UserError` NO_RESULT. */
export function branchInput(parent: SessionRow, { from, ...input }: BranchSession): CreateSession {
  const { preset, recipe, contentImageId = parent.contentImageId, title } = input;
  // Masks are regions of the content and fit no other content.
  const sameContent = contentImageId === parent.contentImageId;
  const styles = sameContent ? parent.styles : parent.styles.map((style) => ({ ...style, maskImageId: null }));
  const keepMaskImageId = sameContent ? (parent.keepMaskImageId ?? undefined) : undefined;
  return {
    contentImageId,
    styles: input.styles ?? styles,
    initialImageId: initialImageOf(parent, from, input),
    keepMaskImageId: input.keepMaskImageId ?? keepMaskImageId,
    preset,
    recipe,
    title,
    branch: { parent, fromCheckpoint: from === 'CHECKPOINT' },
  };
}

function initialImageOf(
  { resultImageId, initialImageId }: SessionRow,
  from: BranchFrom,
  { preset, recipe }: Pick<BranchSession, 'preset' | 'recipe'>,
): string | undefined {
  if (from === 'RESULT') {
    if (resultImageId) return resultImageId;
    throw new UserError('NO_RESULT', 'The session has no result to start from. Branch from RECIPE instead.', 'from');
  }
  // The parent's initial image belongs to the parent's recipe.
  const isKept = preset === undefined && (recipe?.initialImage ?? 'IMAGE') === 'IMAGE';
  return isKept ? (initialImageId ?? undefined) : undefined;
}

export interface CreatorDependencies {
  readonly storage: Pick<Storage, 'sessions' | 'images' | 'blobs' | 'codec' | 'checkpoints'>;
  readonly networks: Pick<Networks, 'select'>;
  readonly presets: Pick<PresetService, 'find'>;
  readonly estimator: Pick<Estimator, 'estimate'>;
  readonly queueLimits: QueueLimits;
  readonly observer: Pick<Required<SessionObserver>, 'created'>;
}

/** The recipe that `overrides` change: a preset's or the parent's. */
interface RecipeBase {
  readonly name: string;
  /** Undefined for a built-in preset. */
  readonly presetId: string | undefined;
  readonly recipe: Recipe;
}

/** An input without user errors, resolved. */
interface CheckedSession {
  readonly content: ImageRow;
  /** Of the result. */
  readonly size: { readonly width: number; readonly height: number };
  readonly base: RecipeBase;
  readonly recipe: Recipe;
  readonly network: SelectedNetwork;
  readonly cost: EstimateRequest;
}

/** Checks the whole input of a session before anything is written, then queues the session. */
export class SessionCreator {
  constructor(private readonly dependencies: CreatorDependencies) {}

  /** What the session would cost. Writes nothing. Throws `UserErrors` with every user error. */
  async estimate(viewer: Viewer, input: CreateSession): Promise<Estimate> {
    const { cost } = await this.#check(viewer, input);
    return await this.dependencies.estimator.estimate(cost);
  }

  /**
   * Throws `UserErrors` with every user error, QUEUE_FULL or TOO_MANY_SESSIONS, or `StorageError` KEY_TAKEN if a
   * concurrent request has taken the idempotency key.
   */
  async create(viewer: Viewer, input: CreateSession, mark?: RequestMark): Promise<SessionRow> {
    const { storage, observer } = this.dependencies;
    const { branch } = input;
    const session = { ...(await this.#newSession(viewer, input)), ...mark };
    // The checkpoint is copied before the row is written: a session that starts from a checkpoint always has one.
    if (branch?.fromCheckpoint) await this.#copyCheckpoint(branch.parent.id, session.id);
    try {
      const created = await this.#queue(session);
      observer.created(created);
      return created;
    } catch (error) {
      if (branch?.fromCheckpoint) await storage.checkpoints.delete(session.id);
      throw error;
    }
  }

  async #queue(session: NewSession): Promise<SessionRow> {
    const { storage, queueLimits } = this.dependencies;
    const slot = await queueLimits.reserve(session.ownerId, { isUnfinished: false });
    try {
      return await storage.sessions.create(session);
    } finally {
      slot.release();
    }
  }

  /** Throws `UserErrors` with every user error. */
  async #newSession(viewer: Viewer, input: CreateSession): Promise<NewSession & { readonly id: string }> {
    const { branch } = input;
    const { content, size, base, recipe, network, cost } = await this.#check(viewer, input);
    const estimate = await this.dependencies.estimator.estimate(cost);
    if (!estimate.fits) throw new UserErrors([tooLargeForMemory(cost, estimate)]);
    return {
      id: newId('ses'),
      ownerId: viewer.ownerId,
      title: input.title?.trim() || undefined,
      preset: base.name,
      presetId: base.presetId,
      recipe,
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
      continuedFrom: branch?.fromCheckpoint ? 0 : undefined,
    };
  }

  async #copyCheckpoint(fromId: string, toId: string): Promise<void> {
    if (await this.dependencies.storage.checkpoints.copy(fromId, toId)) return;
    const message =
      'The session has no checkpoint, because it has made no step yet. Branch from RECIPE, or try again later.';
    throw new UserErrors([new UserError('NO_CHECKPOINT', message, 'from')]);
  }

  /** Checks everything that depends on the input and the stored rows. Throws `UserErrors` with every user error. */
  async #check(viewer: Viewer, input: CreateSession): Promise<CheckedSession> {
    const { branch } = input;
    const errors = [...checkTitle(input.title), ...checkTags(input.tags ?? []), ...checkStyles(input)];
    const images = await this.#findImages(viewer, input, errors);
    const content = images.get(input.contentImageId);
    const base = await this.#findBase(viewer, input);
    const recipe = collectError(errors, () => resolve(input, base));
    const network = recipe && (await this.#chooseNetwork(recipe, errors));
    const size = content && recipe && workingSize(content, recipe);
    if (branch?.fromCheckpoint && size && network) errors.push(...checkCheckpoint(branch.parent, size, network));
    if (errors.length > 0 || !content || !base || !recipe || !network || !size) throw new UserErrors(errors);
    // A run that starts from a checkpoint makes all its steps at the final scale.
    const coarsest = branch?.fromCheckpoint ? size : planScales(size.width, size.height, recipe)[0]!;
    const emptyMask = await findEmptyMask(this.dependencies.storage, masksOf(input, images), recipe, coarsest);
    if (emptyMask) throw new UserErrors([emptyMask]);
    const styles = input.styles.map(({ imageId, scale }) => ({ ...images.get(imageId)!, scale }));
    const cost = { recipe, network: network.shape, content, styles, maskedRegions: countMaskedRegions(input) };
    const { width, height } = size;
    return { content, size: { width, height }, base, recipe, network, cost };
  }

  /** The input's images by id. Adds a user error for every image that the viewer cannot see. */
  async #findImages(viewer: Viewer, input: CreateSession, errors: UserError[]): Promise<ReadonlyMap<string, ImageRow>> {
    const { contentImageId, initialImageId, keepMaskImageId, styles } = input;
    const fields = new Map([['contentImageId', contentImageId]]);
    if (initialImageId !== undefined) fields.set('initialImageId', initialImageId);
    if (keepMaskImageId !== undefined) fields.set('keepMaskImageId', keepMaskImageId);
    for (const [index, { imageId, maskImageId }] of styles.slice(0, MAX_STYLES).entries()) {
      fields.set(`styles.${index}.imageId`, imageId);
      if (maskImageId != null) fields.set(`styles.${index}.maskImageId`, maskImageId);
    }
    const found = await this.dependencies.storage.images.findMany([...new Set(fields.values())]);
    const images = new Map(found.filter((image) => isVisible(viewer, image)).map((image) => [image.id, image]));
    for (const [field, id] of fields) {
      if (images.has(id)) continue;
      const message = `\`${field}\` is ${id}, and there is no such image. Upload the image first.`;
      errors.push(new UserError('IMAGE_NOT_FOUND', message, field));
    }
    return images;
  }

  /** The recipe that the input's overrides change; null if the viewer has no preset of that name. */
  async #findBase(viewer: Viewer, { preset: name, branch }: CreateSession): Promise<RecipeBase | null> {
    if (branch && name === undefined) {
      const { preset, presetId, recipe } = branch.parent;
      return { name: preset, presetId: presetId ?? undefined, recipe };
    }
    const preset = await this.dependencies.presets.find(viewer, name ?? DEFAULT_PRESET);
    return preset && { ...preset, presetId: preset.builtIn ? undefined : preset.id };
  }

  async #chooseNetwork(recipe: Recipe, errors: UserError[]) {
    try {
      return await this.dependencies.networks.select(recipe);
    } catch (error) {
      errors.push(toUserError(error));
      return undefined;
    }
  }
}

/** Checks that a run of this size and network can start from the parent's checkpoint. */
function checkCheckpoint(
  parent: SessionRow,
  size: { readonly width: number; readonly height: number },
  network: SelectedNetwork,
): UserError[] {
  const errors: UserError[] = [];
  const mismatch = (field: string, message: string) =>
    errors.push(new UserError('CHECKPOINT_MISMATCH', message, field));
  if (size.width !== parent.width || size.height !== parent.height) {
    mismatch(
      'recipe.size',
      `The checkpoint has ${parent.width}x${parent.height} pixels, the new session ${size.width}x${size.height}. Keep size and content, or branch from RESULT.`,
    );
  }
  if (network.sha256 !== parent.networkSha256) {
    mismatch(
      'recipe.network',
      `The checkpoint was made with ${parent.networkName}, the new session runs with ${network.name}. Keep the network, or branch from RESULT.`,
    );
  }
  return errors;
}

function masksOf({ styles, keepMaskImageId }: CreateSession, images: ReadonlyMap<string, ImageRow>): AskedMasks {
  const find = (id: string | null | undefined) => (id == null ? undefined : images.get(id));
  return {
    styles: styles.map(({ weight, maskImageId }) => ({ weight, mask: find(maskImageId) })),
    keepMask: find(keepMaskImageId),
  };
}

/**
 * Number of regions with a mask. Styles that share a mask share a region; styles without a mask share another one. 0 if
 * no mask is given.
 */
function countMaskedRegions({ styles, keepMaskImageId }: CreateSession): number {
  const masks = new Set(styles.map(({ maskImageId }) => maskImageId ?? null));
  return keepMaskImageId === undefined && masks.size === 1 && masks.has(null) ? 0 : masks.size;
}

function checkStyles({ styles }: CreateSession): UserError[] {
  if (styles.length < 1 || styles.length > MAX_STYLES) {
    const message = `\`styles\` has ${styles.length} entries; it must have 1 to ${MAX_STYLES}. Add or remove styles.`;
    return [new UserError('INVALID_STYLES', message, 'styles')];
  }
  return styles.flatMap(({ weight, scale }, index) => {
    const errors: UserError[] = [];
    const check = (name: string, value: number, isValid: boolean, range: string) => {
      if (isValid) return;
      const field = `styles.${index}.${name}`;
      const message = `\`${field}\` is ${value}; it must be ${range}. Choose a value in this range.`;
      errors.push(new UserError('INVALID_STYLES', message, field));
    };
    check('weight', weight, weight > 0 && weight <= MAX_STYLE_WEIGHT, `above 0 and at most ${MAX_STYLE_WEIGHT}`);
    const { min, max } = STYLE_SCALE;
    check('scale', scale, scale >= min && scale <= max, `${min} to ${max}`);
    return errors;
  });
}

/** The recipe of the input. Throws `UserError` PRESET_NOT_FOUND or INVALID_RECIPE, or an `EngineError`. */
function resolve(input: CreateSession, base: RecipeBase | null): Recipe {
  if (!base) {
    const message = `\`preset\` is ${input.preset}, and there is no such preset. Choose one of the list of presets.`;
    throw new UserError('PRESET_NOT_FOUND', message, 'preset');
  }
  const { recipe = {}, initialImageId } = input;
  const override = (overrides: RecipeOverrides) => overrideRecipe(base.recipe, overrides);
  if (initialImageId === undefined) {
    const resolved = override(recipe);
    if (resolved.initialImage !== 'IMAGE') return resolved;
    const message = '`recipe.initialImage` is IMAGE, but no image is given. Set `initialImageId`.';
    throw new UserError('INVALID_RECIPE', message, 'initialImageId');
  }
  const initialImage = recipe.initialImage ?? 'IMAGE';
  if (initialImage === 'IMAGE') return override({ ...recipe, initialImage });
  const message = `\`initialImageId\` is given, but \`recipe.initialImage\` is ${initialImage}. Leave one of them out.`;
  throw new UserError('INVALID_RECIPE', message, 'recipe.initialImage');
}
