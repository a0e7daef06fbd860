import { useMutation, useQuery } from '@urql/preact';
import { useState } from 'preact/hooks';
import { ApiKeysDocument, CreateApiKeyDocument, RevokeApiKeyDocument, type KeyRowFragment } from '../generated/graphql';
import { useAct } from '../session/use-act';
import { since } from '../ui/format';
import { Icon } from '../ui/icon';

/** The API's keys. */
export function KeyPanel() {
  const [{ data }, reload] = useQuery({ query: ApiKeysDocument, variables: {}, requestPolicy: 'cache-and-network' });
  const [, createApiKey] = useMutation(CreateApiKeyDocument);
  const [, revokeApiKey] = useMutation(RevokeApiKeyDocument);
  const { busy, act } = useAct();
  const [name, setName] = useState('');
  const [secret, setSecret] = useState<string | null>(null);
  const create = async () => {
    const made = await act(async () => (await createApiKey({ input: { name } })).data?.createApiKey);
    if (!made) return;
    setSecret(made.secret);
    setName('');
    reload({ requestPolicy: 'network-only' });
  };
  return (
    <section class="panel keys" aria-labelledby="keys">
      <h2 id="keys">API keys</h2>
      <form
        class="actions"
        onSubmit={(event) => {
          event.preventDefault();
          void create();
        }}
      >
        <label class="unseen" for="key-name">
          Name of the new key
        </label>
        <input
          id="key-name"
          class="input key-input"
          placeholder="Whom or what it is for"
          value={name}
          onInput={({ currentTarget }) => setName(currentTarget.value)}
        />
        <button type="submit" class="button" disabled={busy || name.trim() === ''}>
          <Icon name="plus" />
          Make a key
        </button>
      </form>
      {secret && (
        <p class="notice" role="status">
          <span>
            Copy it now, it is not shown again: <code>{secret}</code>
          </span>
        </p>
      )}
      {data && data.apiKeys.length > 0 && (
        <KeyTable
          keys={data.apiKeys}
          busy={busy}
          onRevoke={(id) => void act(async () => (await revokeApiKey({ id })).data?.revokeApiKey)}
        />
      )}
    </section>
  );
}

interface KeyTableProps {
  readonly keys: readonly KeyRowFragment[];
  readonly busy: boolean;
  readonly onRevoke: (id: string) => void;
}

function KeyTable({ keys, busy, onRevoke }: KeyTableProps) {
  return (
    <div class="scroll" role="region" aria-labelledby="keys" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Key</th>
            <th scope="col">Owner</th>
            <th scope="col">Role</th>
            <th scope="col">Last used</th>
            <th scope="col">
              <span class="unseen">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {keys.map(({ id, name, prefix, ownerId, role, lastUsedAt, revokedAt }) => (
            <tr key={id}>
              <th scope="row">{name}</th>
              <td>
                <code>{prefix}…</code>
              </td>
              <td>{ownerId}</td>
              <td>{role === 'ADMIN' ? 'Admin' : 'User'}</td>
              <td>{lastUsedAt ? since(lastUsedAt) : 'never'}</td>
              <td>
                {revokedAt ? (
                  <span class="soft">revoked</span>
                ) : (
                  <button
                    type="button"
                    class="button compact danger"
                    disabled={busy}
                    aria-label={`Revoke the key ${name}`}
                    onClick={() => onRevoke(id)}
                  >
                    Revoke
                  </button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
