import { describe, expect, it } from 'vitest';
import { classMix } from './class-mix.ts';

const classes = ['a', 'b', 'c'];
const mix = (counts: number[], training = [40, 40, 40], test: number[] | null = null) =>
  classMix('v2', { classes: classes.slice(0, counts.length), training, test }, counts);

describe('prediction drift of a version', () => {
  it('is silent for the training mix', () => {
    expect(mix([167, 166, 167])).toMatchObject({
      ...{ version: 'v2', rows: 500, drifted: false, reference: 'training', never_predicted: [] },
      classes: [{ class: 'a', expected: 1 / 3, now: 0.334 }, { class: 'b' }, { class: 'c' }],
    });
  });

  it('is found when one class takes most predictions', () => {
    const report = mix([50, 50, 400]);
    expect(report.drifted).toBe(true);
    expect(report.verdict).toBe('v2: c is 80 % of predictions, 33 % of the training rows');
    expect(report.p_value).toBeLessThan(1e-12);
  });

  it.each([
    [10, false],
    [1000, true],
  ])('knows how little %i training rows of each class show', (rows, drifted) => {
    expect(mix([230, 135, 135], [rows, rows, rows]).drifted).toBe(drifted);
  });

  it('goes by what the version predicted for its test rows, and shows that', () => {
    const [training, test] = [
      [1600, 400],
      [475, 25],
    ];
    expect(mix([470, 30], training, test)).toMatchObject({ drifted: false, reference: 'test' });
    expect(mix([250, 250], training, test)).toMatchObject({
      ...{ drifted: true, reference: 'test', classes: [{ expected: 0.95, now: 0.5 }, {}] },
      verdict: 'v2: b is 50 % of predictions, 5 % of its predictions for the test rows',
    });
  });

  it('does not blame traffic like the training rows, which a forest may know by heart', () => {
    expect(mix([400, 100], [1600, 400], [475, 25])).toMatchObject({
      ...{ drifted: false, reference: 'training', classes: [{ expected: 0.8, now: 0.8 }, {}] },
    });
  });

  it('knows how little a few test rows show, whatever the number of training rows', () => {
    expect(mix([320, 180], [60_000, 40_000], [18, 12]).drifted).toBe(false);
    expect(mix([460, 40], [50_000, 50_000], [15, 15])).toMatchObject({ drifted: true, reference: 'test' });
  });

  it('names a class that is never predicted, among many', () => {
    const many = Array.from({ length: 54 }, (_, i) => `c${i}`);
    const training = many.map(() => 80);
    const counts = many.map((_, i) => (i === 7 ? 0 : 37));
    expect(classMix('v1', { classes: many, training, test: null }, counts)).toMatchObject({
      ...{ drifted: true, never_predicted: ['c7'] },
      verdict: 'v1: c7 is never predicted, 2 % of the training rows',
    });
    const few = many.map((_, i) => (i === 7 ? 0 : 4));
    expect(classMix('v1', { classes: many, training, test: null }, few)).toMatchObject({
      ...{ drifted: false, never_predicted: [] },
    });
  });

  it('copes with a class that training never saw', () => {
    expect(mix([500, 0], [120, 0])).toMatchObject({ p_value: 1, drifted: false });
    expect(mix([250, 250], [120, 0]).drifted).toBe(true);
  });
});
