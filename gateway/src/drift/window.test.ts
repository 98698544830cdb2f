import type { FeatureCard } from '@coppice/contract';
import { cardOf } from '@coppice/testkit/card-of-rows';
import { describe, expect, it } from 'vitest';
import { featureReferences } from './feature-reference.ts';
import { DriftWindow } from './window.ts';

const common = { unit: null, nullable: true, missing: 0 };
const base = cardOf([{ features: [1], label: 0 }], ['x']);
const numberCard = base.features[0] as FeatureCard;
const number = (name: string) => ({ ...numberCard, name, nullable: true }) as FeatureCard;
const island: FeatureCard = {
  ...{ ...common, kind: 'category', name: 'island', other: 0 },
  values: [
    { value: 'Biscoe', share: 0.6 },
    { value: 'Dream', share: 0.4 },
  ],
};
const features = (cards: FeatureCard[]) => featureReferences([{ ...base, features: cards }]);
const windowOf = (capacity: number, cards: FeatureCard[]) => new DriftWindow(capacity, features(cards));

describe('the drift window', () => {
  it('holds the last rows, oldest first', () => {
    const columns = ['a', 'b'];
    const window = windowOf(3, columns.map(number));
    for (let i = 1; i <= 5; i++)
      window.add({ columns, features: [i, -i], label: i % 2, version: i < 5 ? 'v10' : 'v2' });
    expect(window.size).toBe(3);
    expect(window.added).toBe(5);
    expect(window.rows()).toEqual([
      { columns, features: [3, -3], label: 1, version: 'v10' },
      { columns, features: [4, -4], label: 0, version: 'v10' },
      { columns, features: [5, -5], label: 1, version: 'v2' },
    ]);
    expect(window.seen()[1]).toEqual({ sorted: [-5, -4, -3], rows: 3, missing: 0 });
    expect(window.versions()).toEqual(['v2', 'v10']);
    expect(window.classCounts(3, 'v10')).toEqual([1, 1, 0]);
    expect(window.classCounts(3, 'v2')).toEqual([0, 1, 0]);
  });

  it('copies what it is given', () => {
    const window = windowOf(2, [number('x')]);
    const row = [1];
    window.add({ columns: ['x'], features: row, label: 0, version: 'v1' });
    row[0] = 9;
    expect(window.seen()[0]).toMatchObject({ sorted: [1] });
  });

  it('keeps numbers whose squares would overflow within bounds', () => {
    const window = windowOf(2, [number('x')]);
    for (const value of [Number.MAX_VALUE, -Number.MAX_VALUE])
      window.add({ columns: ['x'], features: [value], label: 0, version: 'v1' });
    expect(window.seen()[0]).toMatchObject({ sorted: [-1e150, 1e150] });
  });

  it('can be emptied', () => {
    const window = windowOf(2, [number('x')]);
    window.add({ columns: ['x'], features: [1], label: 0, version: 'v1' });
    window.clear();
    expect([window.size, window.rows(), window.classCounts(1, 'v1')]).toEqual([0, [], [0]]);
  });

  it('holds numbers, dates in days, booleans and categories, missing or not', () => {
    const columns = ['x', 'day', 'sure', 'island'];
    const window = windowOf(10, [
      number('x'),
      { ...numberCard, kind: 'date', name: 'day', nullable: true } as FeatureCard,
      { ...common, kind: 'boolean', name: 'sure', share: 0.5 },
      island,
    ]);
    const rows = [
      [2, '1970-01-03T12:00Z', true, 'Dream'],
      [null, '1970-01-02', false, 'Lisbon'],
      [1, null, null, null],
      [3, '1970-01-01', true, 'Lisbon'],
      [3, '1970-01-01', true, 'Porto'],
    ];
    for (const row of rows) window.add({ columns, features: row, label: 0, version: 'v1' });
    const [x, day, sure, where] = window.seen();
    expect(x).toEqual({ sorted: [1, 2, 3, 3], rows: 5, missing: 1 });
    expect(day).toEqual({ sorted: [0, 0, 1, 2.5], rows: 5, missing: 1 });
    expect(sure).toEqual({ counts: [1, 3], rows: 5, missing: 1, unseen: 0, others: [] });
    const others = [
      { value: 'Lisbon', rows: 2 },
      { value: 'Porto', rows: 1 },
    ];
    expect(where).toEqual({ counts: [0, 1], rows: 5, missing: 1, unseen: 3, others });
    const copy = windowOf(10, []);
    copy.extend(features([number('x'), island]));
    for (const row of window.rows()) copy.add(row);
    expect(copy.seen()).toEqual([x, where]);
  });

  it('finds values by the names of their columns, and does not count a row for a feature that it does not have', () => {
    const window = windowOf(4, [number('x'), island]);
    window.add({ columns: ['island', 'unknown', 'x'], features: ['Dream', 7, 1], label: 0, version: 'v1' });
    window.add({ columns: ['x'], features: [2], label: 0, version: 'v1' });
    window.add({ columns: ['x', 'island'], features: [null, 'Biscoe'], label: 0, version: 'v1' });
    expect(window.seen()[0]).toEqual({ sorted: [1, 2], rows: 3, missing: 1 });
    expect(window.seen()[1]).toMatchObject({ counts: [1, 1], rows: 2, missing: 0 });
  });

  it('watches more features from a row on', () => {
    const columns = ['x', 'island'];
    const window = windowOf(4, [number('x')]);
    window.add({ columns, features: [1, 'Dream'], label: 0, version: 'v1' });
    window.extend(features([number('x'), island]));
    window.add({ columns, features: [2, 'Dream'], label: 0, version: 'v2' });
    expect(window.seen()).toMatchObject([{ rows: 2 }, { counts: [0, 1], rows: 1 }]);
  });

  it('does not count a value of another kind than the feature’s, and keeps no long texts', () => {
    const columns = ['x', 'island'];
    const window = windowOf(4, [number('x'), island]);
    window.add({ columns, features: ['much', true], label: 0, version: 'v1' });
    window.add({ columns, features: [1, 'L'.repeat(1000)], label: 0, version: 'v1' });
    const [x, where] = window.seen();
    expect(x).toMatchObject({ rows: 1, missing: 0 });
    expect(where).toMatchObject({ rows: 1, others: [{ value: `${'L'.repeat(59)}…`, rows: 1 }] });
  });

  it('does not count a row without a value for a feature that no version takes without one', () => {
    const columns = ['x', 'island'];
    const window = windowOf(4, [numberCard, { ...island, nullable: false }]);
    window.add({ columns, features: [1, 'Dream'], label: 0, version: 'v1' });
    window.add({ columns, features: [null, null], label: 0, version: 'v1' });
    expect(window.seen()).toMatchObject([
      { rows: 1, missing: 0 },
      { rows: 1, missing: 0 },
    ]);
    window.extend(features([number('x')]));
    window.add({ columns, features: [null, null], label: 0, version: 'v2' });
    expect(window.seen()).toMatchObject([
      { rows: 2, missing: 1 },
      { rows: 1, missing: 0 },
    ]);
  });
});
