import { render } from 'preact';
import { App } from './app';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';

render(<App />, document.getElementById('app')!);
