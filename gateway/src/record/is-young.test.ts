import { randomUUID, randomUUIDv7 } from 'node:crypto';
import { idAt } from '@coppice/testkit/record/databases';
import { expect, it } from 'vitest';
import { isYoung } from './is-young.ts';

const now = Date.UTC(2026, 0, 31);

it.each([
  ['of now', idAt(now), true],
  ['of a second ago', idAt(now - 1000), true],
  ['of a clock that is ahead', idAt(now + 1000), true],
  ['of two seconds ago', idAt(now - 2000), false],
  ['of tomorrow', idAt(now + 86_400_000), false],
  ['in capitals', idAt(now).toUpperCase(), true],
  ['without a time', randomUUID(), false],
])('an id %s', (_what, id, young) => {
  expect(isYoung(id, now)).toBe(young);
});

it('an id that was made just now', () => {
  expect(isYoung(randomUUIDv7(), Date.now())).toBe(true);
});
