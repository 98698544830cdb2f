import type { FeatureSpec } from '@coppice/serverkit';
import { describe, expect, it } from 'vitest';
import { feedInputs, type InputBinding } from './feed-inputs.ts';

const specs: FeatureSpec[] = [
  { name: 'age', nullable: true, kind: 'number' },
  { name: 'island', nullable: true, kind: 'category', values: ['Dream'] },
  { name: 'ripe', nullable: true, kind: 'boolean' },
  { name: 'since', nullable: true, kind: 'date' },
];
const rows = [1.5, 'Dream', true, '2024-03-31', null, null, null, null];
const feed = (type: InputBinding['type'], column: number | null, features: Parameters<typeof feedInputs>[2] = rows) => {
  const bindings = [{ name: 'in', type, column, rank: 2 }];
  const feeds = feedInputs(bindings, specs, features, features.length / specs.length);
  return { dims: feeds.in?.dims, data: feeds.in?.data };
};

describe('what an ONNX file takes for typed rows', () => {
  it.each<[InputBinding['type'], number, unknown]>([
    ['float64', 0, Float64Array.of(1.5, Number.NaN)],
    ['float32', 0, Float32Array.of(1.5, Number.NaN)],
    ['string', 1, ['Dream', '']],
    ['float64', 2, Float64Array.of(1, Number.NaN)],
    ['float64', 3, Float64Array.of(19_813, Number.NaN)],
  ])('%s of column %d', (type, column, data) => {
    expect(feed(type, column)).toEqual({ dims: [2, 1], data });
  });

  it('has no NUL in a text, where ONNX Runtime would end it', () => {
    expect(feed('string', 1, [1, 'Dream\0x', true, null, 1, '\0', true, null]).data).toEqual([
      'Dream\ufffdx',
      '\ufffd',
    ]);
  });

  it('is an integer or a boolean where all values are whole', () => {
    const whole = [7, 'Dream', true, '2024-03-31', -1, 'x', false, '1969-12-31'];
    expect(feed('int64', 0, whole).data).toEqual(BigInt64Array.of(7n, -1n));
    expect(feed('int64', 3, whole).data).toEqual(BigInt64Array.of(19_813n, -1n));
    expect(feed('bool', 2, whole).data).toEqual(Uint8Array.of(1, 0));
  });

  it.each<[InputBinding['type'], number, string]>([
    ['int64', 0, 'age is 1.5 in row 0: this model takes only integers there'],
    ['bool', 2, 'ripe is missing in row 1: this model takes no gap there'],
    ['int64', 3, 'since is missing in row 1: this model takes no gap there'],
  ])('is refused as %s of column %d otherwise, with the name of the feature', (type, column, message) => {
    expect(() => feed(type, column)).toThrow(expect.objectContaining({ status: 400, message }));
  });

  it('is one tensor of numbers, the very array where it is one already', () => {
    const numbers = Float64Array.of(1, 2, 3, 4);
    expect(feed('float64', null, numbers).data).toBe(numbers);
    expect(feed('float32', null, numbers)).toEqual({ dims: [1, 4], data: Float32Array.of(1, 2, 3, 4) });
    expect(feed('float64', null, [1, null, true, '1970-01-02'])).toEqual({
      dims: [1, 4],
      data: Float64Array.of(1, Number.NaN, 1, 1),
    });
  });

  it('is [n] for an input of one axis', () => {
    const { age } = feedInputs([{ name: 'age', type: 'float64', column: 0, rank: 1 }], specs, rows, 2);
    expect(age?.dims).toEqual([2]);
  });

  it('has a tensor for a column called like the prototype of objects', () => {
    const feeds = feedInputs([{ name: '__proto__', type: 'float64', column: 0, rank: 2 }], specs, rows, 2);
    expect(Object.keys(feeds)).toEqual(['__proto__']);
    expect(Object.values(feeds)[0]?.dims).toEqual([2, 1]);
  });
});
