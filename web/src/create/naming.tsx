import type { Mistakes } from '../api/mistakes';
import { TextField } from '../ui/text-field';
import { change, type Draft } from './draft';

interface NamingProps {
  readonly draft: Draft;
  readonly mistakes: Mistakes;
}

/** What it is called, and what it is filed under. */
export function Naming({ draft: { title, tags }, mistakes }: NamingProps) {
  return (
    <div class="naming">
      <TextField
        label="Title"
        placeholder="Optional"
        value={title}
        mistake={mistakes.at('title')}
        onInput={(title) => change({ title })}
      />
      <TextField
        label="Tags"
        placeholder="sea, blue"
        value={tags}
        mistake={mistakes.at('tags')}
        onInput={(tags) => change({ tags })}
      />
    </div>
  );
}
