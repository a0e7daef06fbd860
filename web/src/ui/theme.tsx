import { Store, useStore } from '../api/store';
import { Icon } from './icon';

type Theme = 'light' | 'dark';

const systemIsDark = matchMedia('(prefers-color-scheme: dark)');

/** The theme that is shown: the chosen one (public/theme.js put it there), or the system's. */
export const theme = new Store<Theme>(present());

systemIsDark.addEventListener('change', () => theme.set(present()));

function present(): Theme {
  const chosen = document.documentElement.dataset.theme;
  return chosen === 'light' || chosen === 'dark' ? chosen : systemIsDark.matches ? 'dark' : 'light';
}

function choose(next: Theme): void {
  document.documentElement.dataset.theme = next;
  try {
    localStorage.setItem('easel.theme', next);
  } catch {
    // No storage: it holds until the page is left.
  }
  theme.set(next);
}

export function ThemeToggle() {
  const other = useStore(theme) === 'dark' ? 'light' : 'dark';
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={`Use the ${other} theme`}
      title={`Use the ${other} theme`}
      onClick={() => choose(other)}
    >
      <Icon name={other === 'dark' ? 'moon' : 'sun'} />
    </button>
  );
}
