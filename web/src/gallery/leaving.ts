import { Store } from '../api/store';

/** The sessions that were deleted but can still be taken back. */
export const leaving = new Store<ReadonlySet<string>>(new Set());
