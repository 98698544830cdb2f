import type { FeatureCard, FeatureValue } from '@coppice/contract';
import { expect, it } from 'vitest';
import { findStart } from './find-start.ts';

const card = (count: number, features = 1) => ({
  features: Array.from({ length: features }, () => ({}) as FeatureCard),
  rows: Array.from({ length: count }, (_, i) => ({ features: [i] as FeatureValue[], class: 0 })),
});
/** v2 says another class of 7. */
const ask = async (version: string, rows: FeatureValue[][]) => ({
  predictions: rows.map(([x]) => ({
    prediction: 0,
    class: version === 'v2' && x === 7 ? 'b' : 'a',
    probability: null,
  })),
  ...{ model_version: version, route: 'preview' as const },
});
const never = () => new Promise<never>(() => {});
const pause = async () => {};

it('starts on a row of the card on which the versions disagree', async () => {
  expect(await findStart(card(20), { versions: () => ['v1', 'v2'], ask, pause: never })).toEqual([7]);
});

it('starts on the first row without a second version, without versions, and where none answers', async () => {
  expect(await findStart(card(20), { versions: () => ['v1'], ask, pause: never })).toEqual([0]);
  let time = 0;
  const clock = { now: () => (time += 100), pause };
  expect(await findStart(card(20), { versions: () => [], ask, ...clock })).toEqual([0]);
  const refuse = async () => {
    throw new Error('down');
  };
  expect(await findStart(card(20), { versions: () => ['v1', 'v2'], ask: refuse, pause: never })).toEqual([0]);
});

it('does not wait for a version that is slow', async () => {
  expect(await findStart(card(20), { versions: () => ['v1', 'v2'], ask: never, pause })).toEqual([0]);
});

it('asks for few rows where there are many features', async () => {
  const asked: number[] = [];
  const count = async (version: string, rows: FeatureValue[][]) => {
    asked.push(rows.length);
    return ask(version, rows);
  };
  await findStart(card(2000, 64), { versions: () => ['v1', 'v2'], ask: count, pause: never });
  expect(Math.max(...asked)).toBeLessThanOrEqual(64);
});
