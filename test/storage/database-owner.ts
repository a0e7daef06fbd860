// A process to be killed while it owns a data folder: adds a session, sends its id and stays.
import { parseRecipe } from '../../src/engine/index.js';
import { openStorage } from '../../src/storage/index.js';
import { addSession, LIMITS } from './support.js';

const storage = await openStorage({ dataDir: process.argv[2]!, limits: LIMITS, parseRecipe });
process.send!((await addSession(storage)).id);
