import { describe, expect, it } from 'vitest';
import { pageRoutes } from '../navigation/page-routes.ts';
import { keyMap } from './key-map.ts';
import { shortcutOf } from './shortcuts.ts';

const plain = { ctrlKey: false, altKey: false, metaKey: false, repeat: false, isComposing: false };
const press = (key: string, after: string | null = null, more = {}) => shortcutOf({ ...plain, key, ...more }, after);

describe('a key outside of fields', () => {
  it('opens the list, searches, or waits for a second one', () => {
    expect(press('?')).toEqual({ do: 'help' });
    expect(press('/')).toEqual({ do: 'search' });
    expect(press('g')).toEqual({ do: 'wait' });
    expect(press('x')).toBeNull();
  });

  it.each(pageRoutes.map(({ name }) => name))('after g opens %s by its first letter', (route) => {
    expect(press(route.charAt(0), 'g')).toEqual({ do: 'go', route });
    expect(press(route.charAt(0))).toBeNull();
  });

  it('means nothing together with Control, Alt or Command, while it is held, or after another g', () => {
    for (const more of [
      { ctrlKey: true },
      { altKey: true },
      { metaKey: true },
      { repeat: true },
      { isComposing: true },
    ])
      expect(press('?', null, more)).toBeNull();
    expect(press('g', 'g')).toBeNull();
  });
});

it('the list names each route once', () => {
  const keys = keyMap[0]?.keys.map(([names]) => names.join(' ')) ?? [];
  expect(new Set(keys).size).toBe(keys.length);
  for (const { name } of pageRoutes) expect(keys).toContain(`g ${name.charAt(0)}`);
});
