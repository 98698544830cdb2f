import { cardOf } from '@coppice/testkit/card-of-rows';
import { MIXED_COLUMNS, mixedCard, mixedRow } from '@coppice/testkit/mixed-rows';
import { seededRandom } from '@coppice/testkit/seeded-random';
import { describe, expect, it } from 'vitest';
import { featureReferences } from './feature-reference.ts';
import { driftReference } from './reference.ts';

const random = seededRandom(2);
const rows = Array.from({ length: 200 }, () => mixedRow(random));
const card = mixedCard(rows);

describe('what a window is compared with', () => {
  it('is the features of all versions by name, each as the first card has it', () => {
    const one = { ...card, features: card.features.slice(0, 2), data: { ...card.data, trainRows: 50 } };
    const references = featureReferences([one, card]);
    expect(references.map(({ name }) => name)).toEqual(MIXED_COLUMNS);
    expect(references.map((reference) => reference.rows)).toEqual([50, 50, 200, 200, 200, 200, 200]);
  });

  it('takes a feature for nullable when any version does', () => {
    const strict = { ...card, features: card.features.map((feature) => ({ ...feature, nullable: false })) };
    expect(featureReferences([strict, card]).map(({ nullable }) => nullable)).toEqual(MIXED_COLUMNS.map(() => true));
    expect(featureReferences([strict])[0]?.nullable).toBe(false);
  });

  it('counts training rows of each value, of others and of none, which are all rows', () => {
    for (const reference of featureReferences([card])) {
      if (!('counts' in reference)) continue;
      const { counts, other, missing, rows: all } = reference;
      expect(counts.reduce((sum, count) => sum + count, 0) + other + missing).toBe(all);
    }
  });

  it('is a version’s class mix in the order of the labels, whatever the order of its card', () => {
    const plain = cardOf(
      Array.from({ length: 100 }, (_, i) => ({ features: [i], label: i < 80 ? 0 : 1 })),
      ['x'],
    );
    const turned = {
      ...plain,
      classes: plain.classes.toReversed(),
      metrics: {
        ...plain.metrics,
        rows: 10,
        confusion: [
          [1, 2],
          [0, 7],
        ],
      },
    };
    const { mixOf } = driftReference([plain], () => turned, ['c0', 'c1']);
    expect(mixOf('v2')).toEqual({ classes: ['c0', 'c1'], test: [9, 1], training: [80, 20] });
  });
});
