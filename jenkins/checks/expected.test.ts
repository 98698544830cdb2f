import { expect, it } from 'vitest';
import { smokeCases, wrongAnswer } from './expected.ts';

const classes = ['setosa', 'versicolor', 'virginica'];
const setosa = { features: [5.1, 3.5, 1.4, 0.2], class: 'setosa' };

it.each([
  ['the right class', { class: 'setosa', probability: [1, 0, 0] }, undefined],
  ['another class', { class: 'virginica', probability: [0, 0, 1] }, '5.1, 3.5, 1.4, 0.2 is setosa, not virginica'],
  ['a class of another model', { class: 'cat', probability: [1, 0, 0] }, 'cat is not a class of the model'],
  ['invalid shares', { class: 'setosa', probability: [1, 1, 0] }, 'the probabilities 1, 1, 0 do not add up to 1'],
])('judges %s', (_name, answer, verdict) => {
  expect(wrongAnswer(setosa, answer, classes)).toBe(verdict);
});

it("knows the flowers' classes and uses a training row for any other model", () => {
  const rows = [{ features: ['red', 4], class: 1 }];
  expect(smokeCases({ name: 'iris', rows, classes: named(classes) }).map((row) => row.class)).toEqual(classes);
  expect(smokeCases({ name: 'mine', rows, classes: named(['a', 'b']) })).toEqual([
    { features: ['red', 4], class: undefined },
  ]);
});

function named(names: string[]) {
  return names.map((name) => ({ name, share: 1 / names.length, typical: [] }));
}
