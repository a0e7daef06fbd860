import { Store } from '../api/store';

/** The sessions that are deleted, for good or for now: lists that were loaded before leave them out. */
export const leaving = new Store<ReadonlySet<string>>(new Set());
