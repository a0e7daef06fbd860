import { useMutation } from '@urql/preact';
import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { Mistakes } from '../api/mistakes';
import { UpdateSessionDocument, type SessionDetailsFragment } from '../generated/graphql';
import { Dialog } from '../ui/dialog';
import { since } from '../ui/format';
import { Icon } from '../ui/icon';
import { MistakeList } from '../ui/mistake-list';
import { splitTags } from '../ui/tags';
import { TextField } from '../ui/text-field';
import { StatusBadge } from './status';

/** What it is called and where it comes from. */
export function Heading({ session }: { session: SessionDetailsFragment }) {
  const { title, tags, status, createdAt, parent } = session;
  const [renaming, setRenaming] = useState(false);
  return (
    <div>
      <h1>
        {title ?? 'Untitled'}{' '}
        <button
          type="button"
          class="icon-button"
          aria-label="Change title and tags"
          title="Change title and tags"
          onClick={() => setRenaming(true)}
        >
          <Icon name="tag" />
        </button>
      </h1>
      <p class="heading-facts">
        <StatusBadge status={status} />
        <span class="small">{since(createdAt)}</span>
        {parent && (
          <Link class="small" href={`/sessions/${parent.id}`}>
            Branched from {parent.title ?? 'another'}
          </Link>
        )}
        {tags.map((tag) => (
          <Link key={tag} class="badge tag" href={`/gallery?tag=${encodeURIComponent(tag)}`}>
            {tag}
          </Link>
        ))}
      </p>
      {renaming && <RenameDialog session={session} onClose={() => setRenaming(false)} />}
    </div>
  );
}

function RenameDialog({ session, onClose }: { session: SessionDetailsFragment; onClose: () => void }) {
  const [title, setTitle] = useState(session.title ?? '');
  const [tags, setTags] = useState(session.tags.join(', '));
  const [mistakes, setMistakes] = useState(new Mistakes());
  const [{ fetching }, updateSession] = useMutation(UpdateSessionDocument);
  const go = async () => {
    const { data } = await updateSession({ id: session.id, input: { title, tags: splitTags(tags) } });
    if (data?.updateSession.session) onClose();
    else setMistakes(Mistakes.of(data?.updateSession.errors));
  };
  return (
    <Dialog title="Title and tags" confirm="Save" busy={fetching} onConfirm={() => void go()} onClose={onClose}>
      <TextField label="Title" value={title} mistake={mistakes.at('title')} onInput={setTitle} />
      <TextField label="Tags, separated by commas" value={tags} mistake={mistakes.at('tags')} onInput={setTags} />
      <MistakeList messages={mistakes.elsewhere((field) => field === 'title' || field === 'tags')} />
    </Dialog>
  );
}
