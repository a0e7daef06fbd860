import type { Client } from '@urql/preact';
import { DeleteSessionDocument } from '../generated/graphql';
import { toast } from '../ui/toasts';
import { leaving } from './leaving';

/** How long a deletion can be taken back. Who leaves the page meanwhile keeps the painting. */
const UNDO_MS = 6000;

/** Takes a session out of sight, and deletes it for good when nobody has objected. */
export function deleteWithUndo(client: Client, id: string, name: string): void {
  leaving.set(new Set([...leaving.value, id]));
  const timer = setTimeout(() => void finish(client, id), UNDO_MS);
  const undo = () => {
    clearTimeout(timer);
    comeBack(id);
  };
  toast(`“${name}” is deleted.`, { action: { label: 'Undo', run: undo }, ms: UNDO_MS });
}

async function finish(client: Client, id: string): Promise<void> {
  const { data } = await client.mutation(DeleteSessionDocument, { id });
  const errors = data?.deleteSession.errors;
  if (errors?.length === 0) return;
  toast(errors?.[0]?.message ?? 'It could not be deleted: the server could not be asked.');
  comeBack(id);
}

function comeBack(id: string): void {
  leaving.set(new Set([...leaving.value].filter((other) => other !== id)));
}
