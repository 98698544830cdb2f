import './styles/tokens.css';
import './styles/base.css';
import { mount } from 'svelte';
import App from './shell/App.svelte';

// in a built page the condition is false, and nothing of it is there
if (import.meta.env.DEV && location.hash === '#/styleguide') {
  const { default: Styleguide } = await import('./styleguide/Styleguide.svelte');
  mount(Styleguide, { target: document.body });
} else mount(App, { target: document.body });
