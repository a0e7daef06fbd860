import { Arg, Ctx, ID, Int, Mutation, Resolver } from 'type-graphql';
import { CONTINUED_STEPS, MAX_TOTAL_STEPS } from '../../sessions/session-service.js';
import type { GraphqlContext } from '../context.js';
import { withUserErrors } from '../errors.js';
import { BranchSessionInput } from './branch.input.js';
import {
  BranchSessionPayload,
  ContinueSessionPayload,
  DeleteSessionPayload,
  PauseSessionPayload,
  ResumeSessionPayload,
} from './lifecycle-payload.type.js';

const ID_DOC = { description: 'Names the session.' };

/** What can become of a session after its creation. */
@Resolver()
export class LifecycleResolver {
  @Mutation(() => PauseSessionPayload, {
    description:
      'Pauses a waiting session at once, a running one within a step; the queue goes on with others, and streams stay open. Pausing a paused session changes nothing.',
  })
  async pauseSession(
    @Ctx() { viewer, services }: GraphqlContext,
    @Arg('id', () => ID, ID_DOC) id: string,
  ): Promise<PauseSessionPayload> {
    const { value, errors } = await withUserErrors(() => services.sessions.pause(viewer, id));
    return { session: value, errors };
  }

  @Mutation(() => ResumeSessionPayload, {
    description:
      'Puts a paused session at the end of the queue. It goes on where it was halted, as if it had not been: same losses, same picture.',
  })
  async resumeSession(
    @Ctx() { viewer, services }: GraphqlContext,
    @Arg('id', () => ID, ID_DOC) id: string,
  ): Promise<ResumeSessionPayload> {
    const { value, errors } = await withUserErrors(() => services.sessions.resume(viewer, id));
    return { session: value, errors };
  }

  @Mutation(() => ContinueSessionPayload, {
    description:
      'Queues a session that has COMPLETED or was CANCELLED for further steps, all of them at the final scale: the same session, whose step, loss curve and stream go on, and whose result is replaced in the end. What that takes, the latest picture in full precision, is kept until the session is deleted.',
  })
  async continueSession(
    @Ctx() { viewer, services }: GraphqlContext,
    @Arg('id', () => ID, ID_DOC) id: string,
    @Arg('steps', () => Int, {
      description: `How many steps more than it has made; ${CONTINUED_STEPS.min} to ${CONTINUED_STEPS.max}, and at most ${MAX_TOTAL_STEPS} with those that it has made.`,
    })
    steps: number,
  ): Promise<ContinueSessionPayload> {
    const { value, errors } = await withUserErrors(() => services.sessions.continue(viewer, id, steps));
    return { session: value, errors };
  }

  @Mutation(() => BranchSessionPayload, {
    description: 'Queues a new session made of an old one’s recipe, result or checkpoint. The old one stays as it is.',
  })
  async branchSession(
    @Ctx() { viewer, services }: GraphqlContext,
    @Arg('id', () => ID, { description: 'Names the old session.' }) id: string,
    @Arg('input', () => BranchSessionInput, { description: 'What the new session has of its own.' })
    { from, preset, recipe, contentImageId, styles, keepMaskImageId, title, idempotencyKey }: BranchSessionInput,
  ): Promise<BranchSessionPayload> {
    const { value, errors } = await withUserErrors(() =>
      services.sessions.branch(viewer, id, {
        from,
        preset: preset ?? undefined,
        recipe: recipe ?? undefined,
        contentImageId: contentImageId ?? undefined,
        styles: styles ?? undefined,
        keepMaskImageId: keepMaskImageId ?? undefined,
        title: title ?? undefined,
        idempotencyKey: idempotencyKey ?? undefined,
      }),
    );
    return { session: value, errors };
  }

  @Mutation(() => DeleteSessionPayload, {
    description:
      'Deletes a session for good, with its losses, what is kept of its run, and its result where nobody else uses it. One that has not ended is cancelled first, and its streams end with that. Uploaded pictures that no session uses any more go a day after they were last uploaded. Its branches stay.',
  })
  async deleteSession(
    @Ctx() { viewer, services }: GraphqlContext,
    @Arg('id', () => ID, ID_DOC) id: string,
  ): Promise<DeleteSessionPayload> {
    const { value, errors } = await withUserErrors(() => services.sessions.delete(viewer, id));
    return { deletedId: value, errors };
  }
}
