import type { HistoryRow } from '@coppice/contract';
import { describe, expect, it } from 'vitest';
import { mergeNewest } from './merge-newest.ts';

/** The id of a row is also its time. */
const row = (id: string, actual: string | null = null) =>
  ({ prediction_id: id, time: id, actual, outcome: null }) as HistoryRow;
const rows = (ids: string) => [...ids].map((id) => row(id));
const page = (ids: string, more: object = { next_cursor: 'next' }) => ({
  predictions: rows(ids),
  next_cursor: null,
  ...more,
});
const ids = (merged: HistoryRow[] | null) => merged?.map(({ prediction_id }) => prediction_id).join('') ?? null;

describe('a newer first page', () => {
  it.each([
    ['comes on top', 'dcba', page('fedc'), 'fedcba'],
    ['may have nothing new', 'dcba', page('dc'), 'dcba'],
    ['may have a row that was written late', 'dba', page('dcb'), 'dcba'],
    ['lacks a row that is gone', 'dcba', page('dba'), 'dba'],
    ['may not reach down to the list', 'dcba', page('hgf'), null],
    ['may be all there is', 'dcba', page('c', {}), 'c'],
    ['is the list where there was none', '', page('cb'), 'cb'],
    ['may say that all rows are gone', 'ba', page('', {}), ''],
  ])('%s', (_name, shown, newest, expected) => {
    expect(ids(mergeNewest(rows(shown), newest))).toBe(expected);
  });
});

describe('the first page of a search that stopped early', () => {
  const searched = (found: string, to: string) => page(found, { next_cursor: 'next', searched_to: to });

  it.each([
    ['replaces what it has looked at', 'fca', searched('gf', 'd'), 'gfca'],
    ['lacks a row that is gone', 'ca', searched('', 'b'), 'a'],
    ['may not reach down to the list', 'ca', searched('', 'd'), null],
    ['has one row at the time that it reached', 'cba', searched('dc', 'c'), 'dcba'],
  ])('%s', (_name, shown, newest, expected) => {
    expect(ids(mergeNewest(rows(shown), newest))).toBe(expected);
  });
});

it('takes over feedback, and leaves other rows the same objects', () => {
  const shown = rows('cba');
  const merged = mergeNewest(shown, { predictions: [row('c'), row('b', 'setosa')], next_cursor: 'next' });
  expect(merged?.[0]).toBe(shown[0]);
  expect(merged?.[1]?.actual).toBe('setosa');
  expect(merged?.[2]).toBe(shown[2]);
});
