import { Arg, Resolver, Root, Subscription } from 'type-graphql';
import type { SessionChange } from '../../progress/feed.js';
import type { GraphqlContext } from '../context.js';
import { SessionChangeType } from './session-change.type.js';

@Resolver(() => SessionChangeType)
export class SessionChangesResolver {
  @Subscription(() => SessionChangeType, {
    subscribe: ({ args, context }) => {
      const { viewer, services } = context as GraphqlContext;
      return services.sessions.watchAll(viewer, { mine: (args as { mine: boolean }).mine });
    },
    description:
      'Follows the viewer’s sessions, an admin’s view of everybody’s included, for a gallery or a view of the queue. There is no first event: subscribe, then load the list, and what happens in between is not missed. Every change of status is told; progress once a second and session at most, the newest.',
  })
  sessionsChanged(
    @Root() event: SessionChange,
    @Arg('mine', () => Boolean, {
      defaultValue: false,
      description: 'Only the viewer’s own, where the viewer is an admin, who else sees everybody’s.',
    })
    _mine: boolean,
  ): SessionChangeType {
    return event;
  }
}
