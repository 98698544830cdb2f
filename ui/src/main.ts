import './styles/tokens.css';
import './styles/base.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { session } from './state/session.svelte.ts';

session.readLink();
mount(App, { target: document.body });
