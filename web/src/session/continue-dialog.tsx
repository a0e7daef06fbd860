import { useMutation } from '@urql/preact';
import { useState } from 'preact/hooks';
import { Mistakes } from '../api/mistakes';
import { ContinueSessionDocument, type SessionDetailsFragment } from '../generated/graphql';
import { Dialog } from '../ui/dialog';
import { MistakeList } from '../ui/mistake-list';
import { NumberField } from '../ui/number-field';

interface ContinueDialogProps {
  readonly session: SessionDetailsFragment;
  readonly onClose: () => void;
}

const MOST_STEPS = 10_000;
const USUAL_STEPS = 100;

/** Asks how many steps more. */
export function ContinueDialog({ session: { id, step }, onClose }: ContinueDialogProps) {
  const [steps, setSteps] = useState(USUAL_STEPS);
  const [mistakes, setMistakes] = useState(new Mistakes());
  const [{ fetching }, continueSession] = useMutation(ContinueSessionDocument);
  const go = async () => {
    const { data } = await continueSession({ id, steps });
    if (data?.continueSession.session) onClose();
    else setMistakes(Mistakes.of(data?.continueSession.errors));
  };
  return (
    <Dialog title="Paint on" confirm="Paint on" busy={fetching} onConfirm={() => void go()} onClose={onClose}>
      <p class="soft">It has made {step} steps. The further ones are all made at its full size.</p>
      <NumberField
        label="Further steps"
        value={steps}
        min={1}
        max={MOST_STEPS}
        mistake={mistakes.at('steps')}
        onChange={setSteps}
      />
      <MistakeList messages={mistakes.elsewhere((field) => field === 'steps')} />
    </Dialog>
  );
}
