/** Who asks: owners see only what is their own, admins see everything. */
export interface Viewer {
  /** What is created belongs to this owner. */
  readonly ownerId: string;
  readonly isAdmin: boolean;
}

/** The one user of a server that asks for no authentication. */
export const LOCAL_VIEWER: Viewer = { ownerId: 'local', isAdmin: true };
