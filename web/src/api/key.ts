import { Store } from './store';

/** As the playground keeps it: in this tab, until it is closed. */
const NAME = 'easel.key';

/** Whether the server wants a key and has none that it takes. */
export const locked = new Store(false);

/** What requests carry where there is a key. */
export function authorization(): { readonly authorization?: string } {
  const key = sessionStorage.getItem(NAME);
  return key ? { authorization: `Bearer ${key}` } : {};
}

/** Takes a key, and begins anew with it: nothing is left of what another key showed. */
export function unlock(key: string): void {
  sessionStorage.setItem(NAME, key);
  location.reload();
}

/** The server refused: the key, if there was one, is none (any more). */
export function lock(): void {
  sessionStorage.removeItem(NAME);
  locked.set(true);
}
