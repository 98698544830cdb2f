import { describe, expect, it } from 'vitest';
import { formatPlace, parsePlace } from '../navigation/place.ts';
import { filterCount, isSearch, noFilters, queryOf, readFilters } from './history-filters.ts';

const read = (search: string) => readFilters(new URLSearchParams(search));

describe('the filters in the address', () => {
  it.each([
    { version: 'v2', class: 'a & b', since: '15m' },
    { correct: 'false', disagree: 'true', max_probability: '0.6', source: 'page', user: 'Ä b@c' },
    { feature: 'petal_length', min: '-1', max: '2.5' },
    { feature: 'plan', value: 'basic' },
    { feature: 'plan', value: null },
  ])('%j come back as they were', (set) => {
    const filters = { ...noFilters, ...set };
    expect(readFilters(parsePlace(formatPlace('history', filters)).parameters)).toEqual(filters);
  });

  it('leave out what can be no filter', () => {
    expect(read('correct=maybe&source=me&colour=red&since=1h')).toEqual({ ...noFilters, since: '1h' });
  });
});

describe('the query', () => {
  it('has a feature only with a bound or a value', () => {
    expect(queryOf(read('feature=age'))).toEqual(noFilters);
    expect(queryOf(read('min=3'))).toEqual(noFilters);
    expect(queryOf(read('feature=age&min=3'))).toMatchObject({ feature: 'age', min: '3' });
    expect(queryOf(read('feature=age&value=&min=3'))).toMatchObject({ feature: 'age', min: '', value: null });
  });

  it.each([
    ['', 0, false],
    ['version=v1&since=1h', 2, false],
    ['feature=age', 0, false],
    ['feature=age&min=1&max=2', 1, true],
    ['user=me&correct=true', 2, true],
  ])('of "%s" has %i filters; it is a search: %j', (search, count, searched) => {
    expect([filterCount(read(search)), isSearch(read(search))]).toEqual([count, searched]);
  });
});
