import { Store, useStore } from '../api/store';

interface Toast {
  readonly id: number;
  readonly text: string;
  readonly action?: { readonly label: string; readonly run: () => void } | undefined;
}

const toasts = new Store<readonly Toast[]>([]);
let count = 0;

/** Says something in passing at the lower edge; with an action, it can be taken back while it is there. */
export function toast(text: string, { action, ms = 4000 }: { action?: Toast['action']; ms?: number } = {}): void {
  const id = ++count;
  toasts.set([...toasts.value, { id, text, action }]);
  setTimeout(() => dismiss(id), ms);
}

function dismiss(id: number): void {
  toasts.set(toasts.value.filter((toast) => toast.id !== id));
}

export function Toasts() {
  return (
    <div class="toasts" role="status">
      {useStore(toasts).map(({ id, text, action }) => (
        <div key={id} class="toast">
          <span>{text}</span>
          {action && (
            <button
              type="button"
              class="button compact"
              onClick={() => {
                action.run();
                dismiss(id);
              }}
            >
              {action.label}
            </button>
          )}
        </div>
      ))}
    </div>
  );
}
