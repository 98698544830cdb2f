import { describe, expect, it } from 'vitest';
import { formatPlace, movedHash, parsePlace, tokenOfHash } from './place.ts';

describe('places in the address', () => {
  it.each([
    ['', 'release'],
    ['#/', 'release'],
    ['#/predict', 'predict'],
    ['#/traffic', 'release'],
    ['#/performance?since=1h', 'release'],
    ['#/nowhere', 'release'],
    ['#/constructor', 'release'],
    ['#/history?version=v1', 'history'],
  ])('%s is %s', (hash, name) => expect(parsePlace(hash).route.name).toBe(name));

  it('reads back what it writes, whatever the names of features', () => {
    const parameters = { 'a&b=c #?': '1.5', 'ä<script>': '-2' };
    const hash = formatPlace('predict', { ...parameters, empty: '' });
    expect(Object.fromEntries(parsePlace(hash).parameters)).toEqual(parameters);
  });

  it.each([
    ['#/performance?since=1h', '#/release?since=1h'],
    ['#/traffic', '#/release'],
    ['#/history?version=v1', null],
    ['#/constructor', null],
    ['', null],
  ])('the address %s becomes %s', (hash, moved) => expect(movedHash(hash)).toBe(moved));

  it('keeps a parameter that is null as an empty one', () => {
    const hash = formatPlace('predict', { island: null, age: '4' });
    expect(hash).toBe('#/predict?island=&age=4');
    expect(parsePlace(hash).parameters.get('island')).toBe('');
  });

  it.each([
    ['#token=abc-_1', 'abc-_1'],
    ['#/token=abc', 'abc'],
    ['#token=', null],
    ['#/traffic?token=abc', null],
    ['', null],
  ])('finds in %s the token %s', (hash, token) => expect(tokenOfHash(hash)).toBe(token));
});
