import { describe, expect, it } from 'vitest';
import { figuresVerdict, valuesVerdict } from './feature-verdict.ts';

const none = { distribution: false, missing: false, unseen: false, suspected: false };
const drifted = { ...none, distribution: true };
const calmFeature = {
  ...{ feature: 'petal_width', missing: { training: 0, now: 0, p_adjusted: null }, mean_shift: 0.2, std_ratio: 1 },
  ...{ far_outside: 0, mean_std: 0.26 },
};

describe('the verdict of a number or date', () => {
  it.each([
    [2.1, 1, 'petal_width is 2.1 σ above its training mean'],
    [-0.4567, 1.1, 'petal_width is 0.46 σ below its training mean'],
    [12.34, 1, 'petal_width is 12 σ above its training mean'],
    [0.3, 1, 'petal_width is 0.3 σ above its training mean'],
    [0.29, 1, 'petal_width has a different distribution than in training'],
    [1, 3, 'petal_width is 1 σ above its training mean'],
    [0.1, 3, 'petal_width has 3 times the spread it had in training'],
    [0.1, 1.25, 'petal_width has 1.3 times the spread it had in training'],
    [0.1, 1.24, 'petal_width has a different distribution than in training'],
    [0.1, 0.8, 'petal_width has 0.8 times the spread it had in training'],
    [0.1, 0.81, 'petal_width has a different distribution than in training'],
    [0.4, 4, 'petal_width has 4 times the spread it had in training'],
    [0.1, 0.3, 'petal_width has 0.3 times the spread it had in training'],
    [0.5, 0, 'petal_width has 0 times the spread it had in training'],
    [0.1, 1, 'petal_width has a different distribution than in training'],
    [null, null, 'petal_width differs from its constant training value in 26 % of rows'],
  ])('says for %d σ and %d times the spread: %s', (mean_shift, std_ratio, words) => {
    expect(figuresVerdict({ ...calmFeature, mean_shift, std_ratio }, drifted)).toBe(words);
  });

  it('says so when nothing drifted', () => {
    expect(figuresVerdict(calmFeature, none)).toBe('petal_width is like the training data');
  });

  it('mentions rows that are far from all training values', () => {
    expect(figuresVerdict({ ...calmFeature, far_outside: 1 }, none)).toBe(
      'petal_width is like the training data; 1 row is far outside its training range',
    );
    expect(figuresVerdict({ ...calmFeature, mean_shift: 3, far_outside: 20 }, drifted)).toBe(
      'petal_width is 3 σ above its training mean; 20 rows are far outside its training range',
    );
  });

  it('says how many rows have no value', () => {
    const missing = { training: 0, now: 0.12, p_adjusted: 1e-9 };
    const age = { ...calmFeature, feature: 'age', missing };
    expect(figuresVerdict(age, { ...none, missing: true })).toBe('age: missing in 12 % of rows, 0 % in training');
    expect(figuresVerdict({ ...age, mean_shift: 1.2 }, { ...drifted, missing: true })).toBe(
      'age is 1.2 σ above its training mean, and missing in 12 % of rows, 0 % in training',
    );
    expect(figuresVerdict(age, none)).toBe('age is like the training data');
  });
});

describe('the verdict of a category or boolean', () => {
  const share = (training: number, now: number) => ({ training, now, p_adjusted: 1e-9 });
  const value = (name: string, training: number, now: number) => ({ value: name, training, now });
  const island = {
    feature: 'island',
    missing: share(0, 0),
    values: [value('Biscoe', 0.49, 0.29), value('Dream', 0.36, 0.61), value('Torgersen', 0.15, 0.1)],
    unseen: { ...share(0, 0), examples: [] as { value: string; now: number }[] },
  };
  const lisbon = ['Lisbon', 'Porto', 'Faro', 'Évora'].map((name) => ({ value: name, now: 0.0125 }));

  it('names the value whose share moved most', () => {
    expect(valuesVerdict(island, drifted)).toBe('island: Dream is 61 % of rows, 36 % in training');
    expect(valuesVerdict(island, none)).toBe('island is like the training data');
    expect(valuesVerdict(island, { ...none, suspected: true })).toBe(
      'island may differ from the training data; that is not certain yet',
    );
  });

  it('names values that training never saw, the most frequent of them', () => {
    const fresh = { ...island, unseen: { ...share(0, 0.05), examples: lisbon.slice(0, 1) } };
    const found = { ...none, unseen: true };
    expect(valuesVerdict(fresh, found)).toBe('island: 5 % of rows are values that training never saw (“Lisbon”)');
    expect(valuesVerdict({ ...fresh, unseen: { ...fresh.unseen, examples: lisbon } }, found)).toBe(
      'island: 5 % of rows are values that training never saw (“Lisbon”, “Porto”, “Faro”, …)',
    );
    expect(valuesVerdict(fresh, { ...found, distribution: true })).toBe(
      'island: Dream is 61 % of rows, 36 % in training, and 5 % of rows are values that training never saw (“Lisbon”)',
    );
  });

  it('does not call values new that training had, but the model does not know', () => {
    const more = { ...island, unseen: { ...share(0.03, 0.12), examples: lisbon.slice(0, 1) } };
    expect(valuesVerdict(more, { ...none, unseen: true })).toBe(
      'island: 12 % of rows are values that the model does not know, 3 % in training (“Lisbon”)',
    );
  });

  it('says each thing once, also when unseen or missing values moved most', () => {
    const gone = { ...island, missing: share(0, 0.4) };
    expect(valuesVerdict(gone, { ...drifted, missing: true })).toBe('island: missing in 40 % of rows, 0 % in training');
  });
});
