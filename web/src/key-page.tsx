import { useState } from 'preact/hooks';
import { unlock } from './api/key';
import { Icon } from './ui/icon';
import { useTitle } from './ui/title';

/** Asks for the key that the server wants. It is kept in this tab only. */
export function KeyPage() {
  useTitle('API key');
  const [key, setKey] = useState('');
  return (
    <form
      class="empty"
      onSubmit={(event) => {
        event.preventDefault();
        unlock(key.trim());
      }}
    >
      <h1>This server wants a key</h1>
      <p>Whoever runs it can make one with npm run keys. It is forgotten when this tab is closed.</p>
      <div class="actions">
        <label class="unseen" for="key">
          API key
        </label>
        <input
          id="key"
          class="input key-input"
          type="password"
          autocomplete="current-password"
          placeholder="easel_…"
          value={key}
          onInput={({ currentTarget }) => setKey(currentTarget.value)}
        />
        <button type="submit" class="button primary" disabled={key.trim() === ''}>
          <Icon name="key" />
          Open
        </button>
      </div>
    </form>
  );
}
