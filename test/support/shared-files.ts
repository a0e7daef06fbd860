/** Real VGG19 weights and photographs live beside the repository, never in it; tests that want them skip without. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const shared = (path: string) => fileURLToPath(new URL(`../../../shared/${path}`, import.meta.url));

export const VGG19_FILE = shared('weights/vgg19-normalised.safetensors');
export const sharedImage = (name: string) => shared(`images/${name}`);
export const haveSharedFiles = existsSync(VGG19_FILE);
export const WITHOUT_SHARED = 'needs VGG19 and the photographs in ../shared, which are not part of the repository';
