// First what all pages share: each page's own rules come after and go before it.
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import { render } from 'preact';
import { App } from './app';

render(<App />, document.getElementById('app')!);
