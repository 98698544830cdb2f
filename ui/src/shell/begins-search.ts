const STORED = 'shortcuts';
/** Where a key writes. */
const FIELDS = 'input:not([type=range], [type=checkbox], [type=radio]), textarea, select, [contenteditable]';

/** Whether a key is for the page: outside of fields, and no dialog is open. */
export function isForPage(event: KeyboardEvent): boolean {
  return event.target instanceof Element && !event.target.closest(FIELDS) && !document.querySelector('dialog[open]');
}

/** Whether a key focuses the search field. Known before the shortcuts are loaded: Firefox begins a search of its own at once. */
export function beginsSearch(event: KeyboardEvent): boolean {
  const modified = event.ctrlKey || event.altKey || event.metaKey;
  return event.key === '/' && !modified && isForPage(event) && searchField() !== null && shortcutsAreOn();
}

export function searchField(): HTMLInputElement | null {
  const field = document.querySelector<HTMLInputElement>('main input[type=search]');
  return field?.checkVisibility() ? field : null;
}

/** What the visitor chose; storage that is forbidden holds nothing. */
export function shortcutsAreOn(): boolean {
  try {
    return localStorage.getItem(STORED) !== 'off';
  } catch {
    return true;
  }
}

export function storeShortcuts(on: boolean): void {
  try {
    localStorage.setItem(STORED, on ? 'on' : 'off');
  } catch {
    // without storage it lasts for this visit
  }
}
