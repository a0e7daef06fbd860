import { toast } from './toasts';

/**
 * Puts a text on the clipboard, and says so.
 * @param done what to say then
 */
export async function copy(text: string, done: string): Promise<void> {
  try {
    // Not there on pages that came without TLS from another machine; refused where the user said so.
    await navigator.clipboard.writeText(text);
    toast(done);
  } catch {
    toast(copySelection(text) ? done : 'This browser lets no page copy. Select and copy it by hand.');
  }
}

/** The way from before the Clipboard API: the browser copies what is selected. */
function copySelection(text: string): boolean {
  const field = document.createElement('textarea');
  field.value = text;
  field.style.position = 'fixed';
  document.body.append(field);
  field.select();
  const done = document.execCommand('copy');
  field.remove();
  return done;
}
