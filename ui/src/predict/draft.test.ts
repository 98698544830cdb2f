import { expect, it } from 'vitest';
import { entriesText, keepDraft, readDraft, readEntries } from './draft.ts';

it('keeps inputs with gaps and unfinished ones', () => {
  const values = [1.5, null, undefined, 'Dream', false];
  expect(readEntries(entriesText(values), 5)).toEqual(values);
});

it('reads nothing of another model, and nothing of what is no draft', () => {
  expect(readEntries(entriesText([1, 2]), 3)).toBeNull();
  expect([readEntries('', 1), readEntries('{"a":1}', 1), readEntries('null', 0)]).toEqual([null, null, null]);
});

it('keeps a text until another one takes its place, and none that is too long', () => {
  keepDraft('rows', '1,2');
  expect([readDraft('rows'), readDraft('inputs')]).toEqual(['1,2', '']);
  keepDraft('rows', 'x'.repeat(1e6));
  expect(readDraft('rows')).toBe('');
});
