import { describe, expect, it } from 'vitest';
import { classMix } from './class-mix.ts';

const even = (predicted: (number | null)[] = [null, null, null]) => ({
  features: [],
  classes: ['a', 'b', 'c'].map((name, i) => ({ name, share: 1 / 3, predicted: predicted[i] ?? null })),
  trainRows: 120,
});

describe('prediction drift', () => {
  it('is silent for the training mix', () => {
    expect(classMix(even(), [167, 166, 167])).toMatchObject({
      drifted: false,
      verdict: 'the class mix is like the training data',
      classes: [{ class: 'a', training: 1 / 3, now: 0.334 }, { class: 'b' }, { class: 'c' }],
    });
  });

  it('is found when one class takes most predictions', () => {
    const report = classMix(even(), [50, 50, 400]);
    expect(report).toMatchObject({ drifted: true, verdict: 'c is 80 % of predictions, 33 % of the training data' });
    expect(report?.p_value).toBeLessThan(1e-12);
  });

  it.each([
    [30, false],
    [3000, true],
  ])('knows how little %i training rows tell', (trainRows, drifted) => {
    expect(classMix({ ...even(), trainRows }, [230, 135, 135])?.drifted).toBe(drifted);
  });

  it('does not blame traffic for what the model does to unseen rows of the same data', () => {
    // a forest that knows 20 % of b but predicts 5 %
    const classes = [
      { name: 'a', share: 0.8, predicted: 0.95 },
      { name: 'b', share: 0.2, predicted: 0.05 },
    ];
    expect(classMix({ features: [], classes, trainRows: 2000 }, [475, 25])?.drifted).toBe(false);
    expect(classMix({ features: [], classes, trainRows: 2000 }, [400, 100])?.drifted).toBe(false);
    expect(classMix({ features: [], classes, trainRows: 2000 }, [200, 300])?.drifted).toBe(true);
  });

  it('judges by what the model predicted only when that is known of every class', () => {
    expect(classMix(even([0.9, 0.1, 0]), [450, 50, 0])?.drifted).toBe(false);
    expect(classMix(even([0.9, 0.1, null]), [450, 50, 0])?.drifted).toBe(true);
  });

  it('copes with a class that training never saw', () => {
    const classes = [
      { name: 'a', share: 1, predicted: null },
      { name: 'b', share: 0, predicted: null },
    ];
    expect(classMix({ features: [], classes, trainRows: 120 }, [500, 0])?.p_value).toBe(1);
    expect(classMix({ features: [], classes, trainRows: 120 }, [250, 250])?.drifted).toBe(true);
  });
});
