import { MAX_TAG_LENGTH, MAX_TAGS } from '../../sessions/labels.js';

/** What is said of tags wherever they come in. */
export const TAGS_RULE = `At most ${MAX_TAGS} tags of at most ${MAX_TAG_LENGTH} characters each; trimmed, in lower case, each once.`;
