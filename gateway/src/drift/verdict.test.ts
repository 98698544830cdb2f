import { describe, expect, it } from 'vitest';
import { classVerdict, featureVerdict, overallVerdict } from './verdict.ts';

describe('a feature’s verdict', () => {
  it.each([
    [2.1, 1, 'petal_width is 2.1 σ above its training mean'],
    [-0.4567, 1.1, 'petal_width is 0.46 σ below its training mean'],
    [12.34, 1, 'petal_width is 12 σ above its training mean'],
    [0.3, 1, 'petal_width is 0.3 σ above its training mean'],
    [0.29, 1, 'petal_width is distributed in another way than in training'],
    [1, 3, 'petal_width is 1 σ above its training mean'],
    [0.1, 3, 'petal_width spreads 3 times as wide as in training'],
    [0.1, 1.25, 'petal_width spreads 1.3 times as wide as in training'],
    [0.1, 1.24, 'petal_width is distributed in another way than in training'],
    [0.1, 0.8, 'petal_width spreads only 0.8 times as wide as in training'],
    [0.1, 0.81, 'petal_width is distributed in another way than in training'],
    [0.4, 4, 'petal_width spreads 4 times as wide as in training'],
    [0.1, 0.3, 'petal_width spreads only 0.3 times as wide as in training'],
    [0.5, 0, 'petal_width spreads only 0 times as wide as in training'],
    [0.1, 1, 'petal_width is distributed in another way than in training'],
    [null, null, 'petal_width no longer has its constant training value'],
  ])('says for %d σ and %d times the spread: %s', (mean_shift, std_ratio, words) => {
    expect(featureVerdict({ feature: 'petal_width', drifted: true, mean_shift, std_ratio })).toBe(words);
  });

  it('says so when nothing drifted', () => {
    const words = featureVerdict({ feature: 'petal_width', drifted: false, mean_shift: 0.2, std_ratio: 1 });
    expect(words).toBe('petal_width is like the training data');
  });
});

describe('the class mix in words', () => {
  const mix = [
    { class: 'setosa', training: 1 / 3, now: 0.3 },
    { class: 'virginica', training: 1 / 3, now: 0.624 },
    { class: 'versicolor', training: 1 / 3, now: 0.076 },
  ];
  it('names the class that moved most', () => {
    expect(classVerdict(mix, true)).toBe('virginica is 62 % of predictions, 33 % of the training data');
    expect(classVerdict(mix, false)).toBe('the class mix is like the training data');
  });
  it('names one that fell when that moved most', () => {
    const fallen = [
      { class: 'setosa', training: 0.2, now: 0.4 },
      { class: 'virginica', training: 0.6, now: 0.2 },
      { class: 'versicolor', training: 0.2, now: 0.4 },
    ];
    expect(classVerdict(fallen, true)).toBe('virginica is 20 % of predictions, 60 % of the training data');
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
  it('tells how many predictions are missing', () => {
    const words = overallVerdict({ ...calm, score: null, samples: 37, samples_missing: 163, prediction: null });
    expect(words).toBe('not ready: 37 of the 200 predictions that a judgement needs');
    expect(overallVerdict({ ...calm, samples: 37, samples_missing: 163 })).toBe(words);
  });
  it('tells of calm', () => {
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
      'drift: a is 2 σ above its training mean; x is 60 % of predictions, 33 % of the training data; the score 0.46 is above 0.3',
    );
  });
});
