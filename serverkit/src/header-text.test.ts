import fc from 'fast-check';
import { expect, it } from 'vitest';
import { headerText } from './header-text.ts';

/** As Node gives the header that a client sends in UTF-8. */
const received = (text: string) => Buffer.from(text).toString('latin1');

it('reads UTF-8', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
      expect(headerText(received(text))).toBe(text.toWellFormed());
    }),
  );
});

it.each([
  ['Zo\xeb', 'Zo\xeb', 'Latin-1 that is not UTF-8'],
  ['user-17', 'user-17', 'ASCII'],
  ['', undefined, 'nothing'],
  [undefined, undefined, 'no header'],
])('of %j gives %j: %s', (header, text, _what) => {
  expect(headerText(header)).toBe(text);
});
