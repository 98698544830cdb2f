import { type PageRouteName, pageRoutes } from '../navigation/page-routes.ts';

export type ShortcutAction = { do: 'help' } | { do: 'search' } | { do: 'go'; route: PageRouteName } | { do: 'wait' };
type Key = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'altKey' | 'metaKey' | 'repeat' | 'isComposing'>;

/** A second key comes within this long after `g`. */
export const SEQUENCE_MS = 1500;

/** What a key means outside of fields, `after` being the key before it if that waits for one; null: nothing. */
export function shortcutOf(event: Key, after: string | null): ShortcutAction | null {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.isComposing) return null;
  if (after === 'g') {
    const route = pageRoutes.find(({ name }) => name.startsWith(event.key));
    return route ? { do: 'go', route: route.name } : null;
  }
  if (event.key === '?') return { do: 'help' };
  if (event.key === '/') return { do: 'search' };
  return event.key === 'g' ? { do: 'wait' } : null;
}

/** Keys by what they do, for people: those of the page, and those of its parts, which take them while they have the focus. */
export const keyMap: { title: string; keys: [keys: string[], does: string][] }[] = [
  {
    title: 'Everywhere',
    keys: [
      [['?'], 'these shortcuts'],
      ...pageRoutes.map(({ name, title }): [string[], string] => [['g', name.charAt(0)], title]),
      [['/'], 'search, where there is a search field'],
      [['Esc'], 'close a dialog'],
    ],
  },
  {
    title: 'In the rows of History',
    keys: [
      [['↑', '↓'], 'one row'],
      [['Page ↑', 'Page ↓'], 'one screen'],
      [['Home', 'End'], 'the newest row, the oldest loaded'],
      [['Enter'], 'open or close a row'],
      [['Esc'], 'close the open row'],
    ],
  },
  {
    title: 'On a slider',
    keys: [
      [['←', '→'], 'one step'],
      [['Home', 'End'], 'its ends'],
    ],
  },
];
