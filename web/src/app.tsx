import { Provider } from '@urql/preact';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Link, Route, Switch, useLocation } from 'wouter-preact';
import { client } from './api/client';
import { locked } from './api/key';
import { connection } from './api/socket';
import { useStore } from './api/store';
import './app.css';
import { CreatePage } from './create/create-page';
import { GalleryPage } from './gallery/gallery-page';
import { QueuePage } from './queue/queue-page';
import { KeyPage } from './key-page';
import { SessionPage } from './session/session-page';
import { Announcer } from './ui/announcer';
import { Icon, type IconName } from './ui/icon';
import { ThemeToggle } from './ui/theme';
import { Toasts } from './ui/toasts';

const PAGES: readonly { readonly path: string; readonly name: string; readonly icon: IconName }[] = [
  { path: '/', name: 'Create', icon: 'brush' },
  { path: '/gallery', name: 'Gallery', icon: 'grid' },
  { path: '/queue', name: 'Queue', icon: 'gauge' },
];

export function App() {
  return (
    <Provider value={client}>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <Bar />
      <ConnectionNotice />
      <Main>
        <Pages />
      </Main>
      <Toasts />
      <Announcer />
    </Provider>
  );
}

/** Where the server wants a key, that comes first. */
function Pages() {
  if (useStore(locked)) return <KeyPage />;
  return (
    <Switch>
      <Route path="/" component={CreatePage} />
      <Route path="/gallery" component={GalleryPage} />
      <Route path="/queue" component={QueuePage} />
      <Route path="/sessions/:id">{({ id }) => <SessionPage key={id} id={id} />}</Route>
    </Switch>
  );
}

function Bar() {
  const [path] = useLocation();
  return (
    <header class="bar">
      <Link class="brand" href="/" aria-label="Easel, the start">
        <img src="/easel.svg" alt="" />
        Easel
      </Link>
      <nav class="pages" aria-label="Pages">
        {PAGES.map((page) => (
          <Link key={page.path} href={page.path} aria-current={path === page.path ? 'page' : undefined}>
            <Icon name={page.icon} />
            {page.name}
          </Link>
        ))}
      </nav>
      <ThemeToggle />
    </header>
  );
}

/** Where the page changes, the focus goes to its beginning: the next Tab is the page's first. */
function Main({ children }: { children: ComponentChildren }) {
  const [path] = useLocation();
  const main = useRef<HTMLElement>(null);
  const arrived = useRef(false);
  useEffect(() => {
    if (arrived.current) {
      main.current?.focus({ preventScroll: true });
      scrollTo(0, 0);
    }
    arrived.current = true;
  }, [path]);
  return (
    <main id="main" tabIndex={-1} ref={main}>
      {children}
    </main>
  );
}

function ConnectionNotice() {
  const lost = useStore(connection) === 'lost';
  if (useStore(locked) || !lost) return null;
  return (
    <div class="notice notice-strip" role="status">
      <span class="spinner" aria-hidden="true" />
      The connection is lost. The painting goes on; the Studio catches up as soon as the server can be reached.
    </div>
  );
}
