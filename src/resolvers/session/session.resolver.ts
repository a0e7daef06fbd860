import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from 'type-graphql';
import { CONTINUED_STEPS, MAX_TOTAL_STEPS } from '../../sessions/session-service.js';
import type { SessionRow } from '../../storage/index.js';
import { omitNulls } from '../arguments.js';
import type { GraphqlContext } from '../context.js';
import { withUserErrors } from '../errors.js';
import {
  BranchSessionPayload,
  CancelSessionPayload,
  ContinueSessionPayload,
  CreateSessionPayload,
  DeleteSessionPayload,
  PauseSessionPayload,
  ResumeSessionPayload,
  UpdateSessionPayload,
} from './session-payload.type.js';
import { BranchSessionInput, CreateSessionInput, UpdateSessionInput } from './session.input.js';
import { SessionType } from './session.type.js';

const SESSION_ID = { description: 'Id of the session.' };

@Resolver()
export class SessionResolver {
  @Query(() => SessionType, {
    nullable: true,
    description: 'The session with this id; null if there is none that the viewer can see.',
  })
  async session(
    @Ctx() { viewer, services }: GraphqlContext,
    @Arg('id', () => ID, SESSION_ID) id: string,
  ): Promise<SessionRow | null> {
    return await services.sessions.find(viewer, id);
  }

  @Mutation(() => CreateSessionPayload, {
    description: 'Checks the input and queues a session. Returns as soon as the session is queued.',
  })
  async createSession(
    @Ctx() { viewer, services }: GraphqlContext,
    @Arg('input', () => CreateSessionInput, { description: 'The new session.' }) input: CreateSessionInput,
  ): Promise<CreateSessionPayload> {
    const { idempotencyKey, ...session } = omitNulls(input);
    const { value, errors } = await withUserErrors(() => services.sessions.create(viewer, session, idempotencyKey));
    return { session: value, errors };
  }

  @Mutation(() => BranchSessionPayload, {
    description:
      'Queues a new session that takes over the recipe, and optionally the result or the checkpoint, of a parent session. The parent stays unchanged.',
  })
  async branchSession(
    @Ctx() { viewer, services }: GraphqlContext,
    @Arg('id', () => ID, { description: 'Id of the parent session.' }) id: string,
    @Arg('input', () => BranchSessionInput, { description: 'The new session.' }) input: BranchSessionInput,
  ): Promise<BranchSessionPayload> {
    const { value, errors } = await withUserErrors(() => services.sessions.branch(viewer, id, omitNulls(input)));
    return { session: value, errors };
  }

  @Mutation(() => UpdateSessionPayload, { description: 'Changes the title or the tags of a session.' })
  async updateSession(
    @Ctx() { viewer, services }: GraphqlContext,
    @Arg('id', () => ID, SESSION_ID) id: string,
    @Arg('input', () => UpdateSessionInput, { description: 'The changes.' }) { title, tags }: UpdateSessionInput,
  ): Promise<UpdateSessionPayload> {
    const { value, errors } = await withUserErrors(() =>
      services.history.update(viewer, id, { title, tags: tags ?? undefined }),
    );
    return { session: value, errors };
  }

  @Mutation(() => PauseSessionPayload, {
    description:
      'Pauses a session: a QUEUED one at once, a RUNNING one when its current step ends. Other sessions are claimed in the meantime, and subscriptions stay open. Pausing a paused session changes nothing.',
  })
  async pauseSession(
    @Ctx() { viewer, services }: GraphqlContext,
    @Arg('id', () => ID, SESSION_ID) id: string,
  ): Promise<PauseSessionPayload> {
    const { value, errors } = await withUserErrors(() => services.sessions.pause(viewer, id));
    return { session: value, errors };
  }

  @Mutation(() => ResumeSessionPayload, {
    description:
      'Puts a PAUSED session at the end of the queue. The run resumes from its checkpoint with the same losses and the same result as without the pause.',
  })
  async resumeSession(
    @Ctx() { viewer, services }: GraphqlContext,
    @Arg('id', () => ID, SESSION_ID) id: string,
  ): Promise<ResumeSessionPayload> {
    const { value, errors } = await withUserErrors(() => services.sessions.resume(viewer, id));
    return { session: value, errors };
  }

  @Mutation(() => CancelSessionPayload, {
    description:
      'Cancels a session: a QUEUED or PAUSED one at once, a RUNNING one when its current step ends. Cancelling a cancelled session changes nothing.',
  })
  async cancelSession(
    @Ctx() { viewer, services }: GraphqlContext,
    @Arg('id', () => ID, SESSION_ID) id: string,
  ): Promise<CancelSessionPayload> {
    const { value, errors } = await withUserErrors(() => services.sessions.cancel(viewer, id));
    return { session: value, errors };
  }

  @Mutation(() => ContinueSessionPayload, {
    description:
      'Queues a COMPLETED or CANCELLED session for further steps at the final scale, from its last checkpoint. Steps, loss curve and subscriptions continue, and the new result replaces the old one.',
  })
  async continueSession(
    @Ctx() { viewer, services }: GraphqlContext,
    @Arg('id', () => ID, SESSION_ID) id: string,
    @Arg('steps', () => Int, {
      description: `Number of further steps, ${CONTINUED_STEPS.min} to ${CONTINUED_STEPS.max}; with the steps already done at most ${MAX_TOTAL_STEPS}.`,
    })
    steps: number,
  ): Promise<ContinueSessionPayload> {
    const { value, errors } = await withUserErrors(() => services.sessions.continue(viewer, id, steps));
    return { session: value, errors };
  }

  @Mutation(() => DeleteSessionPayload, {
    description:
      'Deletes a session with its losses, checkpoint and timelapse, and its result unless another session uses the image. A session that has not ended is cancelled first, which ends its subscriptions. Branches of the session remain. Uploaded images that no session uses are deleted a day after their last upload.',
  })
  async deleteSession(
    @Ctx() { viewer, services }: GraphqlContext,
    @Arg('id', () => ID, SESSION_ID) id: string,
  ): Promise<DeleteSessionPayload> {
    const { value, errors } = await withUserErrors(() => services.sessions.delete(viewer, id));
    return { deletedId: value, errors };
  }
}
