import type { FeatureValue } from '@coppice/contract';
import { type PredictBody, parsePredictBody, rowSchema, specOf } from '@coppice/serverkit';
import { MIXED_COLUMNS, mixedCard, mixedRow } from '@coppice/testkit/mixed-rows';
import { seededRandom } from '@coppice/testkit/seeded-random';
import { describe, expect, it } from 'vitest';
import { parseShift, type Shift } from './shift.ts';
import { createTraffic, wrongBodies } from './traffic.ts';

const random = seededRandom(1);
const card = mixedCard(Array.from({ length: 500 }, () => mixedRow(random)));
const strict = { ...card, features: card.features.map((feature) => ({ ...feature, nullable: false })) };
const schema = rowSchema(card.features.map(specOf));
const plain = { seed: 1, shifts: [] as Shift[], noise: 0, users: 0, feedback: 0, errors: 0 };

type Name = (typeof MIXED_COLUMNS)[number];
function draws(n: number, texts: string[] = [], options: Partial<typeof plain> = {}, of = card) {
  const shifts = texts.map((text) => parseShift(text) as Shift);
  const next = createTraffic(of, { ...plain, ...options, shifts });
  return Array.from({ length: n }, () => JSON.parse(next().body).features as Record<Name, FeatureValue>);
}
const share = (rows: Record<Name, FeatureValue>[], name: Name, value: FeatureValue) =>
  rows.filter((row) => row[name] === value).length / rows.length;

describe('simulated traffic for features of any kind', () => {
  it('is whole training rows with their gaps, by name, as the gateway takes them', () => {
    const known = new Set(card.rows.map(({ features }) => JSON.stringify(features)));
    const rows = draws(300);
    for (const row of rows) {
      expect(known).toContain(JSON.stringify(MIXED_COLUMNS.map((name) => row[name])));
      const read: PredictBody = parsePredictBody({ features: row }, schema);
      expect(read.features).toEqual(MIXED_COLUMNS.map((name) => row[name]));
    }
    expect(share(rows, 'income', null)).toBeGreaterThan(0.1);
  });

  it('gives a share of the rows another value, also a new one, or none', () => {
    const rows = draws(2000, ['island=Lisbon:0.2', 'member=true:0.5', 'age=missing:0.05', 'plan=missing:1']);
    expect(share(rows, 'island', 'Lisbon')).toBeCloseTo(0.2, 1);
    expect(share(rows, 'member', true)).toBeCloseTo(0.55, 1);
    expect(Math.abs(share(rows, 'age', null) - 0.05)).toBeLessThan(0.02);
    expect(share(rows, 'plan', null)).toBe(1);
  });

  it('moves dates by days, or by training standard deviations, to whole days', () => {
    const [before, later, earlier] = [draws(100), draws(100, ['since=+30']), draws(100, ['since=-1sd'])];
    const day = (value: FeatureValue | undefined) => Date.parse(String(value)) / 86_400_000;
    for (const [i, { since }] of before.entries()) {
      if (since === null) {
        expect([later[i]?.since, earlier[i]?.since]).toEqual([null, null]);
        continue;
      }
      expect(day(later[i]?.since) - day(since)).toBe(30);
      expect(earlier[i]?.since).toMatch(/^\d{4}-\d\d-\d\d$/);
      expect(day(earlier[i]?.since)).toBeLessThan(day(since) - 100);
    }
  });

  it('adds noise to numbers only', () => {
    const [before, noisy] = [draws(100), draws(100, [], { noise: 0.5 })];
    expect(noisy.some(({ age }, i) => age !== before[i]?.age)).toBe(true);
    const known = new Set(card.rows.map(({ features }) => JSON.stringify(features.slice(2))));
    for (const row of noisy) expect(known).toContain(JSON.stringify(MIXED_COLUMNS.slice(2).map((name) => row[name])));
  });

  it('has wrong bodies that the gateway refuses', () => {
    for (const body of wrongBodies(card.features).slice(0, -1))
      expect(() => parsePredictBody(JSON.parse(body), schema)).toThrow();
  });

  it.each([
    ['island=+1sd', 'island is a category, which has no distance: shift it as island=Biscoe:0.3'],
    ['member=+1', 'member is a boolean, which has no distance: shift it as member=true:0.3'],
    ['member=perhaps:0.1', 'perhaps is no value of member: it must be true or false, or null where it is missing'],
    ['age=40:0.1', 'age is a number: shift it as age=+1.5sd, age=-0.3 or age=missing:0.05'],
    ['since=2024-01-01:0.1', 'since is a date: shift it as since=+1.5sd, since=+30 (days) or since=missing:0.05'],
    ['isle=Dream:0.1', `the model has no feature isle; it has ${MIXED_COLUMNS.join(', ')}`],
  ])('refuses --shift %s, and says what is allowed', (text, words) => {
    expect(() => draws(1, [text])).toThrow(words);
  });

  it('refuses gaps where the model allows none', () => {
    expect(() => draws(1, ['age=missing:0.1'], {}, strict)).toThrow('age may not be missing');
  });

  it.each(['age=', 'island=Dream:1.5', 'island=Dream:', '=Dream:0.1'])('does not read --shift %s', (text) => {
    expect(parseShift(text)).toBeNull();
  });
});
