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
