import type { RecipeOverrides } from '../engine/recipe/recipe.js';
import type { SessionRow } from '../storage/index.js';
import { UserError } from '../core/errors.js';
import type { LifecycleParts } from './lifecycle.js';
import type { CreateSession, StyleInput } from './session-creator.js';
import type { Viewer } from '../core/viewer.js';

/** What a branch begins with: as its recipe says, the parent's result, or the state kept of the parent's run. */
export type BranchFrom = 'RECIPE' | 'RESULT' | 'CHECKPOINT';

/** What a caller asks for; what is absent is the parent's. */
export interface BranchSession {
  readonly from: BranchFrom;
  readonly preset?: string | undefined;
  readonly recipe?: RecipeOverrides | undefined;
  readonly contentImageId?: string | undefined;
  readonly styles?: readonly StyleInput[] | undefined;
  /** Another content without one has none. */
  readonly keepMaskImageId?: string | undefined;
  readonly title?: string | undefined;
  readonly idempotencyKey?: string | undefined;
}

/** Makes new sessions of old ones. */
export class SessionBrancher {
  constructor(private readonly parts: LifecycleParts) {}

  /** Throws SESSION_NOT_FOUND, or `UserErrors` with every mistake found. */
  async branch(viewer: Viewer, id: string, input: BranchSession): Promise<SessionRow> {
    const { sessions, creator, idempotency, runner } = this.parts;
    const { idempotencyKey, ...asked } = input;
    const session = await idempotency.once(viewer, idempotencyKey, { branchOf: id, ...asked }, async (mark) => {
      const parent = await sessions.get(viewer, id);
      return await creator.create(viewer, creationOf(parent, asked), mark);
    });
    runner.wake();
    return session;
  }
}

function creationOf(parent: SessionRow, { from, ...asked }: BranchSession): CreateSession {
  const { preset, recipe, contentImageId = parent.contentImageId, title } = asked;
  // Masks are places in the content: on another they mean nothing.
  const sameContent = contentImageId === parent.contentImageId;
  const styles = sameContent ? parent.styles : parent.styles.map((style) => ({ ...style, maskImageId: null }));
  const keptMask = sameContent ? (parent.keepMaskImageId ?? undefined) : undefined;
  return {
    contentImageId,
    styles: asked.styles ?? styles,
    initialImageId: initialImageOf(parent, from, asked),
    keepMaskImageId: asked.keepMaskImageId ?? keptMask,
    preset,
    recipe,
    title,
    branch: { parent, takesState: from === 'CHECKPOINT' },
  };
}

function initialImageOf(
  { resultImageId, initialImageId }: SessionRow,
  from: BranchFrom,
  { preset, recipe }: Pick<BranchSession, 'preset' | 'recipe'>,
): string | undefined {
  if (from === 'RESULT') {
    if (resultImageId) return resultImageId;
    throw new UserError('NO_RESULT', 'The session has no result to begin with.', 'from');
  }
  // The parent's goes with its recipe, as long as that begins with a picture.
  const isKept = preset === undefined && (recipe?.initialImage ?? 'IMAGE') === 'IMAGE';
  return isKept ? (initialImageId ?? undefined) : undefined;
}
