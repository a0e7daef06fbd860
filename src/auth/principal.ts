import type { IncomingMessage } from 'node:http';

/** Who asks, once that is known. */
export interface Principal {
  /** What they create belongs to this owner. */
  readonly ownerId: string;
  /** Whether they see and may do everything. */
  readonly isAdmin: boolean;
  /** The API key that says so; absent where the server asks for none, and for signed addresses. */
  readonly key?: { readonly id: string; readonly expiresAt: Date | null };
}

const principals = new WeakMap<IncomingMessage, Principal>();

/** Notes whom a request comes from. */
export function setPrincipal(request: IncomingMessage, principal: Principal): void {
  principals.set(request, principal);
}

/** Whom a request comes from. Throws where nobody has asked: a route that was put before the authentication. */
export function principalOf(request: IncomingMessage): Principal {
  const principal = principals.get(request);
  if (!principal) throw new Error('Nobody knows yet who sent this request.');
  return principal;
}
