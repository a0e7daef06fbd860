import { BACKEND_NAMES, findObstacle, type BackendName } from '../../src/engine/index.js';

/** A backend that cannot start on this machine. */
export async function unavailableBackend(): Promise<BackendName> {
  for (const name of BACKEND_NAMES) if (await findObstacle(name)) return name;
  throw new Error('Every backend is installed on this machine.');
}
