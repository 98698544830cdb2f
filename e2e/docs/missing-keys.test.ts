import { expect, it } from 'vitest';
import { missingKeys } from './missing-keys.ts';

it.each([
  [{ a: 1 }, { a: 'other', b: 2 }, []],
  [{ a: { b: 1, c: 2 } }, { a: { b: null } }, ['/a/c']],
  [[{ a: 1 }], [{ a: 2 }, { z: 3 }], []],
  [[{ a: 1 }, { a: 2 }], [{ z: 1 }], ['/0/a', '/1']],
  [{ a: [1] }, { a: { 0: 1 } }, ['/a']],
  [{ a: { b: 1 } }, { a: null }, ['/a']],
  [{ a: 1 }, undefined, ['']],
])('%j, of what is printed as %j, lacks %j', (shown, printed, missing) => {
  expect(missingKeys(shown, printed)).toEqual(missing);
});
