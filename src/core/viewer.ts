/** Who asks: owners see only what is their own, admins see everything. */
export interface Viewer {
  /** What is created belongs to this owner. */
  readonly ownerId: string;
  readonly isAdmin: boolean;
}

/** Whether something is there for a viewer: somebody else's does not exist. */
export function isVisible(viewer: Viewer, thing: { readonly ownerId: string }): boolean {
  return viewer.isAdmin || thing.ownerId === viewer.ownerId;
}

/** The owner whose things a viewer sees in lists; undefined for everybody's. */
export function visibleOwner({ ownerId, isAdmin }: Viewer): string | undefined {
  return isAdmin ? undefined : ownerId;
}

/** The one user of a server that asks for no authentication. */
export const LOCAL_VIEWER: Viewer = { ownerId: 'local', isAdmin: true };
