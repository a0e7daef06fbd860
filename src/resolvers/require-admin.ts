import { GraphQLError } from 'graphql';
import type { Viewer } from '../core/viewer.js';

/** Lets admins pass; for others throws an error with the code FORBIDDEN. */
export function requireAdmin({ isAdmin }: Viewer): void {
  if (isAdmin) return;
  throw new GraphQLError('Only admins may do this.', { extensions: { code: 'FORBIDDEN' } });
}
