/** The ports of the storage layer: what sessions and resolvers may rely on, whichever driver stands behind it. */
export type * from './api-key-types.js';
export type * from './file-types.js';
export type * from './history-types.js';
export type * from './image-types.js';
export type * from './codec-types.js';
export type * from './session-types.js';

/** What operators decided while the server ran, by name. */
export interface SettingRepository {
  get(key: string): Promise<string | null>;
  set(key: string, value: string): Promise<void>;
}
