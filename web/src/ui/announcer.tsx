import { Store, useStore } from '../api/store';

const message = new Store('');

/** Says something to a screen reader, when it has said what it is saying. */
export function announce(text: string): void {
  message.set(text);
}

export function Announcer() {
  return (
    <div class="unseen" role="status" aria-live="polite">
      {useStore(message)}
    </div>
  );
}
