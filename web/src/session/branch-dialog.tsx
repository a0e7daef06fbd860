import { useMutation } from '@urql/preact';
import { useState } from 'preact/hooks';
import { useLocation } from 'wouter-preact';
import { Mistakes } from '../api/mistakes';
import { BranchSessionDocument, type BranchFrom, type SessionDetailsFragment } from '../generated/graphql';
import { Choices } from '../ui/choices';
import { Dialog } from '../ui/dialog';
import { MistakeList } from '../ui/mistake-list';
import { NumberField } from '../ui/number-field';
import { Slider } from '../ui/slider';
import { TextField } from '../ui/text-field';

interface BranchDialogProps {
  readonly session: SessionDetailsFragment;
  readonly onClose: () => void;
}

const FROM: readonly { readonly value: BranchFrom; readonly label: string; readonly about: string }[] = [
  { value: 'RESULT', label: 'Its result', about: 'A new run that begins with the finished picture.' },
  { value: 'CHECKPOINT', label: 'Where it stands', about: 'A new run that goes on from the very state of this one.' },
  { value: 'RECIPE', label: 'Its recipe', about: 'The same pictures and recipe, from the beginning.' },
];

/** What the fields of the dialog are called in the input. */
const SHOWN = ['recipe.steps', 'recipe.styleWeight', 'title'];

/** Asks what a new painting takes over from this one, and what it does differently. */
export function BranchDialog({ session, onClose }: BranchDialogProps) {
  const { id, recipe, status } = session;
  const choices = FROM.filter(({ value }) => value !== 'RESULT' || status === 'COMPLETED');
  const [from, setFrom] = useState(choices[0]!.value);
  const [title, setTitle] = useState(session.title ? `${session.title}, another way` : '');
  const [steps, setSteps] = useState(recipe.steps);
  const [power, setPower] = useState(0);
  const [mistakes, setMistakes] = useState(new Mistakes());
  const [{ fetching }, branchSession] = useMutation(BranchSessionDocument);
  const [, navigate] = useLocation();
  const go = async () => {
    const styleWeight = Number((recipe.styleWeight * 10 ** power).toPrecision(3));
    const input = { from, title, recipe: { steps, styleWeight } };
    const { data } = await branchSession({ id, input });
    const made = data?.branchSession.session;
    if (made) navigate(`/sessions/${made.id}`);
    else setMistakes(Mistakes.of(data?.branchSession.errors));
  };
  return (
    <Dialog title="Branch off" confirm="Branch off" busy={fetching} onConfirm={() => void go()} onClose={onClose}>
      <Choices label="Beginning with" options={choices} value={from} onChange={setFrom} />
      <p class="hint">{choices.find(({ value }) => value === from)!.about}</p>
      <Slider
        label="Strength of style"
        min={-2}
        max={2}
        step={0.1}
        value={power}
        text={`× ${Number((10 ** power).toPrecision(2))}`}
        mistake={mistakes.at('recipe.styleWeight')}
        onInput={setPower}
      />
      <NumberField
        label="Steps"
        value={steps}
        min={1}
        max={10_000}
        mistake={mistakes.at('recipe.steps')}
        onChange={setSteps}
      />
      <TextField label="Title" value={title} mistake={mistakes.at('title')} onInput={setTitle} />
      <MistakeList messages={mistakes.elsewhere((field) => SHOWN.includes(field))} />
    </Dialog>
  );
}
