import { formatPlace } from '../navigation/place.ts';
import { keyList } from './key-list.svelte.ts';
import { SEQUENCE_MS, shortcutOf } from './shortcuts.ts';

const STORED = 'shortcuts';
/** Where a key writes. */
const FIELDS = 'input:not([type=range], [type=checkbox], [type=radio]), textarea, select, [contenteditable]';

/** The page's shortcuts of one key and of two. A visitor may switch them off: speech input can set them off by accident (WCAG 2.1.4). */
class Keyboard {
  on = $state(read() !== 'off');
  #after: { key: string; at: number } | null = null;

  switch(on: boolean): void {
    this.on = on;
    try {
      localStorage.setItem(STORED, on ? 'on' : 'off');
    } catch {
      // without storage it lasts for this visit
    }
  }

  onkeydown(event: KeyboardEvent): void {
    if (!this.on || event.defaultPrevented || document.querySelector('dialog[open]')) return;
    if (!(event.target instanceof Element) || event.target.closest(FIELDS)) return;
    const after = this.#after && Date.now() - this.#after.at < SEQUENCE_MS ? this.#after.key : null;
    const action = shortcutOf(event, after);
    this.#after = action?.do === 'wait' ? { key: event.key, at: Date.now() } : null;
    if (action === null) return;
    if (action.do === 'help') keyList.open = true;
    if (action.do === 'go') location.hash = formatPlace(action.route);
    // otherwise the key would be written into the field
    if (action.do === 'search' && focusSearch()) event.preventDefault();
  }
}

function focusSearch(): boolean {
  const field = document.querySelector<HTMLInputElement>('main input[type=search]');
  if (!field?.checkVisibility()) return false;
  field.focus();
  field.select();
  return true;
}

function read(): string | null {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null;
  }
}

export const keyboard = new Keyboard();
