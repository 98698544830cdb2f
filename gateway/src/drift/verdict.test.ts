import { describe, expect, it } from 'vitest';
import { classVerdict, overallVerdict, predictionVerdict } from './verdict.ts';

describe('the class mix in words', () => {
  const mix = {
    ...{ version: 'v2', rows: 500, drifted: true, chi_square: 90, p_value: 1e-9 },
    reference: 'test' as const,
    never_predicted: [] as string[],
    classes: [
      { class: 'setosa', expected: 1 / 3, now: 0.3 },
      { class: 'virginica', expected: 1 / 3, now: 0.624 },
      { class: 'versicolor', expected: 1 / 3, now: 0.076 },
    ],
  };

  it('names the version, the class that moved most and what it was judged by', () => {
    expect(classVerdict(mix)).toBe('v2: virginica is 62 % of predictions, 33 % of its predictions for the test rows');
    expect(classVerdict({ ...mix, reference: 'training' })).toBe(
      'v2: virginica is 62 % of predictions, 33 % of the training rows',
    );
    expect(classVerdict({ ...mix, drifted: false })).toBe('the class mix of v2 is as expected');
  });

  it('names one that fell when that moved most', () => {
    const classes = [
      { class: 'setosa', expected: 0.2, now: 0.4 },
      { class: 'virginica', expected: 0.6, now: 0.2 },
      { class: 'versicolor', expected: 0.2, now: 0.4 },
    ];
    expect(classVerdict({ ...mix, classes })).toContain('virginica is 20 % of predictions, 60 %');
  });

  it('names each class that is never predicted', () => {
    const classes = [
      { class: 'a', expected: 0.5, now: 1 },
      { class: 'b', expected: 0.3, now: 0 },
      { class: 'c', expected: 0.2, now: 0 },
    ];
    expect(classVerdict({ ...mix, classes, never_predicted: ['b', 'c'] })).toBe(
      'v2: a is 100 % of predictions, 50 % of its predictions for the test rows, b is never predicted, 30 % of its predictions for the test rows, c is never predicted, 20 % of its predictions for the test rows',
    );
  });

  it('shows as many digits as the difference needs', () => {
    const classes = [
      { class: 'a', expected: 0.0521, now: 0.0538 },
      { class: 'b', expected: 0.9479, now: 0.9462 },
    ];
    expect(classVerdict({ ...mix, classes })).toContain('a is 5.4 % of predictions, 5.2 %');
  });

  it('is one sentence for all versions', () => {
    const [calm, loud] = [
      { drifted: false, verdict: 'x' },
      { drifted: true, verdict: 'v2: y' },
    ];
    expect(predictionVerdict([])).toBe('no version has enough predictions to judge its classes');
    expect(predictionVerdict([calm, calm])).toBe('the class mix of each version is as expected');
    expect(predictionVerdict([calm, loud])).toBe('v2: y');
  });
});

describe('the overall verdict', () => {
  const calm = {
    score: 0.05,
    threshold: 0.3,
    samples: 500,
    samples_missing: 0,
    min_samples: 200,
    features: [{ drifted: false, verdict: 'a is like the training data' }],
    prediction: { drifted: false, verdict: 'the class mix is like the training data' },
  };
  it('shows how many predictions are missing', () => {
    const words = overallVerdict({ ...calm, score: null, samples: 37, samples_missing: 163, prediction: null });
    expect(words).toBe('not ready: 37 of 200 predictions needed');
    expect(overallVerdict({ ...calm, samples: 37, samples_missing: 163 })).toBe(words);
  });
  it('says that nothing drifts', () => {
    expect(overallVerdict(calm)).toBe('no drift in the last 500 predictions');
    expect(overallVerdict({ ...calm, score: 0.3 })).toBe('no drift in the last 500 predictions');
  });
  it('names all that drifted', () => {
    const words = overallVerdict({
      ...calm,
      score: 0.456,
      features: [
        { drifted: true, verdict: 'a is 2 σ above its training mean' },
        { drifted: false, verdict: 'b is like the training data' },
      ],
      prediction: { drifted: true, verdict: 'x is 60 % of predictions, 33 % of the training data' },
    });
    expect(words).toBe(
      'drift: a is 2 σ above its training mean; x is 60 % of predictions, 33 % of the training data; the score is 0.46, above 0.30',
    );
  });
});
