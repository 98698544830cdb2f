import type { DriftReport, FeatureDrift } from '@coppice/contract';
import { describe, expect, it } from 'vitest';
import { driftCauses } from './drift-causes.ts';

const p = (value: number | null) => ({ training: 0, now: 0, p_adjusted: value });
const petal = {
  ...{
    feature: 'petal_width',
    kind: 'number',
    rows: 500,
    judged: true,
    drifted: true,
    since: '2026-01-01T00:00:00.000Z',
  },
  ...{ verdict: 'petal_width is 1.5 σ above its training mean; 3 rows are far outside its training range' },
  ...{ mean_shift: 1.51, std_ratio: 1, far_outside: 3, outside: { below: 0, above: 300 }, missing: p(null) },
  training: { deciles: [0.2, 0, 0, 0, 0, 0, 0, 0, 2.2], histogram: { edges: [0.1, 1, 2.5], counts: [1, 1] } },
  ks: { p_adjusted: 1e-9 },
  versions: [
    { version: 'v1', rows: 450, missing: 0, mean_shift: 1.4, outside: 260 },
    { version: 'v2', rows: 50, missing: 0, mean_shift: 2.2, outside: 40 },
  ],
} as unknown as FeatureDrift;
const island = {
  ...{ feature: 'island', kind: 'category', rows: 500, judged: true, drifted: true, since: null },
  ...{ verdict: 'island: 20 % of rows are values that training never saw (“Atlantis”)', missing: p(null) },
  values: [
    { value: 'Biscoe', training: 0.6, now: 0.5 },
    { value: 'Dream', training: 0.4, now: 0.3 },
  ],
  unseen: { ...p(1e-8), now: 0.2, examples: [{ value: 'Atlantis', now: 0.2 }] },
  versions: [{ version: 'v1', rows: 500, missing: 0, unseen: 100 }],
} as unknown as FeatureDrift;
const prediction = {
  versions: [
    { version: 'v1', drifted: false },
    {
      ...{
        version: 'v2',
        drifted: true,
        since: null,
        verdict: 'v2: b is 90 % of predictions, 50 % of the training rows',
      },
      classes: [
        { class: 'a', expected: 0.5, now: 0.1 },
        { class: 'b', expected: 0.5, now: 0.9 },
      ],
    },
  ],
} as unknown as DriftReport['prediction'];

describe('the causes of drift', () => {
  it('are the drifted features, the worst first, then the class mix of versions', () => {
    const calm = { ...petal, feature: 'calm', drifted: false };
    const causes = driftCauses({ features: [island, calm, petal], prediction });
    expect(causes.map(({ name, version }) => [name, version])).toEqual([
      ...[
        ['petal width', null],
        ['island', null],
        ['class mix', 'v2'],
      ],
    ]);
  });

  it('say how far, which rows are like none in training, and what each version has of it', () => {
    const [cause] = driftCauses({ features: [petal], prediction: null });
    expect(cause).toEqual({
      ...{ name: 'petal width', version: null, change: '+1.5 σ', since: '2026-01-01T00:00:00.000Z' },
      beyond: '60 % of rows beyond anything in training',
      rows: '#/history?source=api&feature=petal_width&min=2.5',
      versions: [
        { version: 'v1', words: '+1.4 σ, 58 % of rows beyond' },
        { version: 'v2', words: '+2.2 σ, 80 % of rows beyond' },
      ],
    });
  });

  it('lead to the rows on the side to which a feature moved, when none lie beyond training', () => {
    const inside = { ...petal, outside: { below: 0, above: 0 } } as unknown as FeatureDrift;
    const rows = (feature: object) => driftCauses({ features: [feature as FeatureDrift], prediction: null })[0]?.rows;
    expect(rows(inside)).toBe('#/history?source=api&feature=petal_width&min=2.2');
    expect(rows({ ...inside, mean_shift: -1 })).toBe('#/history?source=api&feature=petal_width&max=0.2');
    expect(rows({ ...petal, outside: { below: 9, above: 1 } })).toBe(
      '#/history?source=api&feature=petal_width&max=0.1',
    );
    const gaps = { training: 0, now: 0.3, p_adjusted: 1e-9 };
    expect(rows({ ...inside, mean_shift: 0, missing: gaps })).toBe('#/history?source=api&feature=petal_width&value=');
  });

  it('of values name the one that is new or has risen most', () => {
    const [cause] = driftCauses({ features: [island], prediction: null });
    expect(cause).toMatchObject({
      change: '20 % of rows are values that training never saw (“Atlantis”)',
      ...{ beyond: '', versions: [], rows: '#/history?source=api&feature=island&value=Atlantis' },
    });
    const [mix] = driftCauses({ features: [], prediction });
    expect(mix).toMatchObject({
      change: 'b is 90 % of predictions, 50 % of the training rows',
      rows: '#/history?source=api&version=v2&class=b',
    });
  });
});
