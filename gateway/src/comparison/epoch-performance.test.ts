import { expect, it } from 'vitest';
import { MOST_EPOCHS, periodSentence } from './epoch-performance.ts';

it.each([
  [0, true, 'No requests were counted by epoch in this period.'],
  [1, true, 'Weights and releases are the same in the whole period.'],
  [1, false, 'Something changed in the period: its figures do not compare the versions.'],
  [2, true, /^The period spans 2 epochs: weights or releases changed, so figures of the whole period do not/],
  [
    MOST_EPOCHS,
    true,
    /^The period spans 100 epochs or more, of which the newest 100 are shown and compared: weights or/,
  ],
])('of %i epochs, comparable %s, the period says what may be compared', (epochs, comparable, words) => {
  expect(periodSentence(epochs, comparable)).toMatch(words);
});
