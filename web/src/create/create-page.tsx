import { useMutation, useQuery } from '@urql/preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { useLocation } from 'wouter-preact';
import { attemptKey } from '../api/attempt-key';
import { useStore } from '../api/store';
import { GROUPS } from '../generated/controls';
import { CreateSessionDocument, WorkbenchDocument, type MistakeFragment } from '../generated/graphql';
import { announce } from '../ui/announcer';
import { Icon } from '../ui/icon';
import { MistakeList } from '../ui/mistake-list';
import { useTitle } from '../ui/title';
import { Advanced } from './advanced';
import { ContentWell } from './content-well';
import './create.css';
import { addStyles, change, draft as store, inputOf, missing, override, placeContent, type Draft } from './draft';
import { Estimate, useEstimate } from './estimate';
import { Mistakes } from '../api/mistakes';
import { Naming } from './naming';
import { filesOf } from './pictures';
import { PresetCards } from './preset-cards';
import { PresetDialog } from './preset-dialog';
import { Settings } from './settings';
import { StyleList } from './style-list';
import { useAddress } from './use-address';

/** Where each mistake has a place of its own. */
const FIELDS = new Set<string>(Object.values(GROUPS).flat());
const isShown = (field: string) =>
  ['contentImageId', 'initialImageId', 'keepMaskImageId', 'preset', 'title', 'tags'].includes(field) ||
  field.startsWith('styles') ||
  (field.startsWith('recipe.') && FIELDS.has(field.split('.')[1]!));

/** Why a draft was not begun. */
interface Answer {
  readonly draft: Draft;
  readonly errors: readonly MistakeFragment[];
  /** Where no answer came. */
  readonly failure: string | null;
}

export function CreatePage() {
  useTitle('Create');
  useAddress();
  usePaste();
  const draft = useStore(store);
  const [{ data, error }, reload] = useQuery({
    query: WorkbenchDocument,
    variables: {},
    requestPolicy: 'cache-and-network',
  });
  const [{ fetching }, createSession] = useMutation(CreateSessionDocument);
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [keeping, setKeeping] = useState(false);
  const [, navigate] = useLocation();

  const preset = data?.presets.find(({ name }) => name === draft.preset) ?? data?.presets[0];
  const recipe = preset && { ...preset.recipe, ...draft.overrides };
  const input = inputOf(draft);
  const estimate = useEstimate(input);
  // What was answered to another draft than this one holds no longer.
  const refusal = answer?.draft === draft ? answer : null;
  // The estimate knows of mistakes before anything is begun; what the mutation says comes on top.
  const mistakes = new Mistakes([...(estimate?.errors ?? []), ...(refusal?.errors ?? [])]);

  const idempotencyKey = useMemo(attemptKey, [draft]);
  const start = async () => {
    const { data, error } = await createSession({ input: { ...input!, idempotencyKey } });
    const { session, errors = [] } = data?.createSession ?? {};
    const failure = error ? 'The server could not be asked. Try again.' : null;
    setAnswer({ draft, errors, failure });
    if (session) navigate(`/sessions/${session.id}`);
    else announce(`Not started: ${failure ?? errors.map(({ message }) => message).join(' ')}`);
  };

  return (
    <>
      <form
        class="create"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (input && !fetching) void start();
        }}
      >
        <h1 class="unseen">Create a painting</h1>
        <div class="stage">
          <ContentWell content={draft.content} mistake={mistakes.at('contentImageId')} />
          <StyleList styles={draft.styles} mistakes={mistakes} />
        </div>
        <div class="bench">
          {error && !data && (
            <div class="notice bad" role="alert">
              The server cannot be reached.
              <button type="button" class="button compact" onClick={() => reload()}>
                Try again
              </button>
            </div>
          )}
          {data && preset && recipe && (
            <>
              <PresetCards
                presets={data.presets}
                value={preset.name}
                mistake={mistakes.at('preset')}
                onChange={(preset) => change({ preset, overrides: {} })}
              />
              <Settings preset={preset.recipe} recipe={recipe} mistakes={mistakes} />
              <Advanced
                draft={draft}
                recipe={recipe}
                networks={data.engine.networks}
                mistakes={mistakes}
                onKeep={() => setKeeping(true)}
              />
            </>
          )}
          <Naming draft={draft} mistakes={mistakes} />
        </div>
        <div class="start">
          {estimate?.estimate && <Estimate estimate={estimate.estimate} onSize={(size) => override('size', size)} />}
          <MistakeList messages={[...mistakes.elsewhere(isShown), ...(refusal?.failure ? [refusal.failure] : [])]} />
          <button type="submit" class="button primary wide" disabled={!input || fetching}>
            {input && <Icon name="brush" />}
            {fetching ? 'Starting …' : (missing(draft) ?? 'Paint')}
          </button>
        </div>
      </form>
      {keeping && <PresetDialog draft={draft} onClose={() => setKeeping(false)} />}
    </>
  );
}

/** A pasted picture is the one to paint; with that one there, it is a style. */
function usePaste(): void {
  useEffect(() => {
    const onPaste = ({ clipboardData }: ClipboardEvent) => {
      const [first, ...others] = filesOf(clipboardData);
      if (!first) return;
      if (store.value.content) return addStyles([first, ...others]);
      placeContent(first);
      addStyles(others);
    };
    addEventListener('paste', onPaste);
    return () => removeEventListener('paste', onPaste);
  }, []);
}
