/** Who sends a request. */
export interface Viewer {
  /** Owner of everything that the viewer creates. */
  readonly ownerId: string;
  /** Admins see and change everything; others see their own things only. */
  readonly isAdmin: boolean;
  /** The API key of the request; absent without authentication, and for signed URLs. */
  readonly key?: { readonly id: string; readonly expiresAt: Date | null } | undefined;
}

/** Whether the viewer can see something. To other viewers it does not exist. */
export function isVisible(viewer: Viewer, { ownerId }: { readonly ownerId: string }): boolean {
  return viewer.isAdmin || ownerId === viewer.ownerId;
}

/** The owner whose things are listed for a viewer; undefined for all owners. */
export function visibleOwner({ ownerId, isAdmin }: Viewer): string | undefined {
  return isAdmin ? undefined : ownerId;
}

/** The only viewer of a server without authentication. */
export const LOCAL_VIEWER: Viewer = { ownerId: 'local', isAdmin: true };
