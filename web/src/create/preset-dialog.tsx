import { useMutation } from '@urql/preact';
import { useState } from 'preact/hooks';
import { Mistakes } from '../api/mistakes';
import { CreatePresetDocument, type RecipeInput } from '../generated/graphql';
import { Dialog } from '../ui/dialog';
import { MistakeList } from '../ui/mistake-list';
import { TextField } from '../ui/text-field';
import { change, type Draft } from './draft';

interface PresetDialogProps {
  readonly draft: Draft;
  readonly onClose: () => void;
}

/** Keeps the recipe as it stands under a name of one's own. */
export function PresetDialog({ draft: { preset, overrides }, onClose }: PresetDialogProps) {
  const [title, setTitle] = useState('');
  const [mistakes, setMistakes] = useState(new Mistakes());
  const [{ fetching }, createPreset] = useMutation(CreatePresetDocument);
  const keep = async () => {
    const input = { name: nameOf(title), title, basedOn: preset, recipe: overrides as RecipeInput };
    const { data } = await createPreset({ input });
    const made = data?.createPreset.preset;
    if (!made) return setMistakes(Mistakes.of(data?.createPreset.errors));
    change({ preset: made.name, overrides: {} });
    onClose();
  };
  return (
    <Dialog title="Keep as a preset" confirm="Keep" busy={fetching} onConfirm={() => void keep()} onClose={onClose}>
      <TextField label="Name" value={title} onInput={setTitle} />
      <MistakeList messages={mistakes.elsewhere(() => false)} />
    </Dialog>
  );
}

/** What the API calls it: "Soft & blue" is `soft-blue`. */
function nameOf(title: string): string {
  return title
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 40);
}
