import type { FeatureValue } from '@coppice/contract';
import { MIXED_COLUMNS, mixedCard, mixedRow } from '@coppice/testkit/mixed-rows';
import { type Random, seededRandom } from '@coppice/testkit/seeded-random';
import { describe, expect, it } from 'vitest';
import { driftReference } from './reference.ts';
import { driftReport } from './report.ts';
import { DriftWindow } from './window.ts';

const config = { window: 500, minSamples: 200, threshold: 0.3 };

/** Training rows of a new sample, and how to judge windows beside it. */
function world(rows: number, least: number, random: Random) {
  const card = mixedCard(
    Array.from({ length: rows }, () => mixedRow(random)),
    { least },
  );
  const reference = driftReference([card], () => card);
  return (size: number, change: (features: FeatureValue[]) => void = () => {}) => {
    const window = new DriftWindow(config.window, reference.features);
    for (let i = 0; i < size; i++) {
      const { features, label } = mixedRow(random);
      change(features);
      window.add({ columns: MIXED_COLUMNS, features, label, version: 'v1' });
    }
    return driftReport(reference, window, config);
  };
}

describe('1,000 windows of mixed rows without drift', () => {
  // towns have a long tail: of 1,000 rows some 150 have one that no other row has
  it.each([
    [120, 1],
    [400, 1],
    [1000, 1],
    [1000, 20],
  ])(
    'against cards of %i rows, categories with values from %i rows on, raise the alarm at most 10 times',
    { timeout: 240_000 },
    (rows, least) => {
      const random = seededRandom(rows + least);
      const alarms: string[] = [];
      for (let i = 0; i < 250; i++) {
        const judge = world(rows, least, random);
        // half of them are judged as soon as they may be
        for (const size of [200, 500, 200, 500]) {
          const { drifted, verdict } = judge(size);
          if (drifted) alarms.push(verdict);
        }
      }
      expect(alarms.length, alarms.join('\n')).toBeLessThanOrEqual(10);
    },
  );
});

describe('ten minutes at 100 mixed rows a second', () => {
  it('raise no alarm, looked at every second', { timeout: 240_000 }, () => {
    const random = seededRandom(4);
    const card = mixedCard(Array.from({ length: 1000 }, () => mixedRow(random)));
    const reference = driftReference([card], () => card);
    const window = new DriftWindow(config.window, reference.features);
    const alarms: string[] = [];
    for (let i = 1; i <= 60_000; i++) {
      window.add({ columns: MIXED_COLUMNS, ...mixedRow(random), version: 'v1' });
      if (i % 100 > 0) continue;
      const { drifted, verdict } = driftReport(reference, window, config);
      if (drifted) alarms.push(verdict);
    }
    expect(alarms).toEqual([]);
  });
});

describe('drift within 500 rows', () => {
  const at = (name: (typeof MIXED_COLUMNS)[number]) => MIXED_COLUMNS.indexOf(name);
  const cases: [string, string, (random: Random) => (features: FeatureValue[]) => void, RegExp][] = [
    [
      'a category share that rises from 36 to about 55 %',
      'island',
      (random) => (features) => {
        if (random() < 0.3) features[at('island')] = 'Dream';
      },
      /^island: Dream is \d+ % of rows, 3\d % in training$/,
    ],
    [
      'a new value in 5 % of the rows',
      'island',
      (random) => (features) => {
        if (random() < 0.05) features[at('island')] = 'Lisbon';
      },
      /\d % of rows are values that training never saw \(“Lisbon”\)$/,
    ],
    [
      'gaps in 5 % of the rows, where training had none',
      'age',
      (random) => (features) => {
        if (random() < 0.05) features[at('age')] = null;
      },
      /^age: missing in \d[.\d]* % of rows, 0 % in training$/,
    ],
    [
      'a rare boolean that is three times as frequent',
      'member',
      (random) => (features) => {
        if (random() < 0.2) features[at('member')] = true;
      },
      /^member: (true|false) is \d+ % of rows, \d+ % in training$/,
    ],
  ];

  it.each(cases)('%s is found at least 95 times in 100', { timeout: 120_000 }, (_what, name, disturb, words) => {
    const random = seededRandom(6);
    const change = disturb(random);
    let found = 0;
    for (let i = 0; i < 100; i++) {
      const report = world(1000, 1, random)(500, change);
      const drifted = report.features.filter((feature) => feature.drifted);
      if (drifted.length === 1 && drifted[0]?.feature === name && words.test(drifted[0].verdict)) found++;
    }
    expect(found).toBeGreaterThanOrEqual(95);
  });
});
