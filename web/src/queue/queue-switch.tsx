import { useMutation, useQuery } from '@urql/preact';
import { PauseQueueDocument, QueueSwitchDocument, ResumeQueueDocument } from '../generated/graphql';
import { Icon } from '../ui/icon';

/** Stops sessions from being taken up, and lets them again. */
export function QueueSwitch() {
  const [{ data }, reload] = useQuery({
    query: QueueSwitchDocument,
    variables: {},
    requestPolicy: 'cache-and-network',
  });
  const [, pauseQueue] = useMutation(PauseQueueDocument);
  const [, resumeQueue] = useMutation(ResumeQueueDocument);
  if (!data) return null;
  const { paused } = data.queue;
  const turn = async () => {
    await (paused ? resumeQueue({}) : pauseQueue({}));
    reload({ requestPolicy: 'network-only' });
  };
  return (
    <button type="button" class={paused ? 'button primary' : 'button'} onClick={() => void turn()}>
      <Icon name={paused ? 'play' : 'pause'} />
      {paused ? 'Let the queue go on' : 'Pause the queue'}
    </button>
  );
}
