import { expect, it } from 'vitest';
import type { FeatureSpec } from './row-schema.ts';
import { allowedValues, typedValue } from './typed-value.ts';

const of = (kind: 'number' | 'boolean' | 'date', nullable = false): FeatureSpec => ({ name: 'x', kind, nullable });
const category = (nullable = false): FeatureSpec => ({ name: 'x', kind: 'category', values: ['a', 'b'], nullable });

it.each<[FeatureSpec, unknown, unknown]>([
  [of('number'), 5.1, 5.1],
  [of('number'), '5.1', undefined],
  [of('number'), Number.POSITIVE_INFINITY, undefined],
  [of('number'), true, undefined],
  [of('boolean'), true, true],
  [of('boolean'), 'Yes', true],
  [of('boolean'), 0, false],
  [of('boolean'), 'FALSE', false],
  [of('boolean'), 2, undefined],
  [of('boolean'), 'maybe', undefined],
  [category(), 'a', 'a'],
  [category(), 'never seen', 'never seen'],
  [category(), 8001, '8001'],
  [category(), '', undefined],
  [category(true), '', null],
  [category(), true, undefined],
  [category(), 'x'.repeat(1001), undefined],
  [of('date'), '2024-03-31', '2024-03-31'],
  [of('date'), '31.03.2024', undefined],
  [of('date'), 19_782, undefined],
  [of('number'), null, undefined],
  [of('number', true), null, null],
  [of('number', true), undefined, null],
  [of('number'), [], undefined],
  [category(), {}, undefined],
])('reads as %j the value %j: %j', (spec, value, expected) => {
  expect(typedValue(spec, value)).toBe(expected);
});

it('says what is allowed', () => {
  expect(allowedValues(of('boolean', true))).toBe('true or false, or null where it is missing');
  expect(allowedValues(category())).toBe('a text of at most 1000 characters: "a", "b", or another one');
  const many = { ...category(), values: Array.from({ length: 30 }, (_, i) => `v${i}`) } as FeatureSpec;
  expect(allowedValues(many)).toContain('"v19", 10 more, or another one');
});
