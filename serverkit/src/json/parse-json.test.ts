import { describe, expect, it, vi } from 'vitest';
import { MAX_JSON_DEPTH, parseJson } from './parse-json.ts';

describe('the depth of JSON', () => {
  it('is checked before any of it is parsed, however long it is', () => {
    const parse = vi.spyOn(JSON, 'parse');
    expect(() => parseJson(Buffer.from('['.repeat(1024 * 1024)))).toThrow(`at most ${MAX_JSON_DEPTH} deep`);
    expect(() => parseJson(Buffer.from('{"a":'.repeat(200_000)))).toThrow(`at most ${MAX_JSON_DEPTH} deep`);
    expect(parse).not.toHaveBeenCalled();
    parse.mockRestore();
  });

  it('ends the check at the first bracket too deep', () => {
    const bytes = Buffer.from('['.repeat(1024 * 1024));
    let last = 0;
    const watched = new Proxy(bytes, {
      get(target, key) {
        if (typeof key === 'string' && /^\d+$/.test(key)) last = Number(key);
        return Reflect.get(target, key, target);
      },
    });
    expect(() => parseJson(watched)).toThrow('deep');
    expect(last).toBe(MAX_JSON_DEPTH);
  });

  it.each([
    ['brackets in texts', JSON.stringify(['\\', '"', `["${'['.repeat(500)}`])],
    ['closed brackets', JSON.stringify(new Array(500).fill([[{}]]))],
    ['unmatched ends in a text', JSON.stringify({ ']}': `${']'.repeat(500)}\\` })],
  ])('does not count %s', (_what, text) => {
    expect(parseJson(Buffer.from(text))).toEqual(JSON.parse(text));
  });
});
