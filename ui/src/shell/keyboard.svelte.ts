import { formatPlace } from '../navigation/place.ts';
import { isForPage, searchField, shortcutsAreOn, storeShortcuts } from './begins-search.ts';
import { keyList } from './key-list.svelte.ts';
import { SEQUENCE_MS, shortcutOf } from './shortcuts.ts';

/** The page's shortcuts of one key and of two. A visitor may switch them off: speech input can set them off by accident (WCAG 2.1.4). */
class Keyboard {
  on = $state(shortcutsAreOn());
  #after: { key: string; at: number } | null = null;

  switch(on: boolean): void {
    this.on = on;
    storeShortcuts(on);
  }

  onkeydown(event: KeyboardEvent): void {
    if (!this.on || !isForPage(event)) return;
    const after = this.#after && Date.now() - this.#after.at < SEQUENCE_MS ? this.#after.key : null;
    const action = shortcutOf(event, after);
    this.#after = action?.do === 'wait' ? { key: event.key, at: Date.now() } : null;
    if (action === null) return;
    if (action.do === 'help') keyList.open = true;
    if (action.do === 'go') location.hash = formatPlace(action.route);
    if (action.do === 'search') focusSearch();
  }
}

function focusSearch(): void {
  const field = searchField();
  field?.focus();
  field?.select();
}

export const keyboard = new Keyboard();
