import { sameRowsComparison } from '@coppice/contract';
import { pairedDifference } from '@coppice/statistics/paired-difference';
import { expect, it } from 'vitest';
import { compareOnSameRows } from './same-rows.ts';

/** Rows of class 0 by who is right: both, only the release, only the other one, none. */
function rowsOf([both, release, against, none]: [number, number, number, number]) {
  const of = (...parts: [rows: number, answer: number][]) =>
    parts.flatMap(([rows, answer]) => new Array<number>(rows).fill(answer));
  return {
    actual: new Array<number>(both + release + against + none).fill(0),
    answered: of([both + release, 0], [against + none, 1]),
    answeredAgainst: of([both, 0], [release, 1], [against, 0], [none, 1]),
  };
}
const named = { release: 7, against: 4, costs: null, notes: [] };

it('counts who is right, and says how sure the difference is', () => {
  // Cavo et al. 2012: McNemar by statsmodels, the interval as in Fagerland, Lydersen and Laake 2017
  const comparison = compareOnSameRows({ ...named, ...rowsOf([59, 6, 16, 80]) });
  expect(sameRowsComparison.parse(comparison)).toEqual(comparison);
  expect(comparison).toMatchObject({
    ...{ release: 7, against: 4, rows: 161, both_right: 59, only_release: 6, only_against: 16, both_wrong: 80 },
    ...{ difference: -10 / 161, cost_difference: null, notes: [] },
  });
  expect(comparison.p).toBeCloseTo(0.052478790283203125, 9);
  expect(comparison.interval[0]).toBeCloseTo(-0.124, 4);
  expect(comparison.interval[1]).toBeCloseTo(-0.0054, 4);
  // one-sided: above the lower end of the two-sided one
  expect(comparison.at_least).toBeCloseTo(-0.1131, 4);
});

it('the same answers are no difference, and how much one could be follows from the rows', () => {
  const comparison = compareOnSameRows({ ...named, ...rowsOf([90, 0, 0, 10]) });
  expect(comparison).toMatchObject({ difference: 0, p: 1, interval: pairedDifference(0, 0, 100) });
  expect(comparison.at_least).toBeCloseTo(-(1.6448536 ** 2) / (100 + 1.6448536 ** 2), 6);
});

it('costs are those of the answers, row by row', () => {
  const costs = [
    [-1, 5],
    [3, 0],
  ];
  // of 10 rows the release is right in two more and wrong in one more: (2 · −6 + 1 · 6) / 10
  const rows = rowsOf([5, 2, 1, 2]);
  expect(compareOnSameRows({ ...named, ...rows, costs }).cost_difference).toBeCloseTo(-0.6, 12);
});

it('a class that the release does not have is wrong, and its cost is unknown', () => {
  const rows = { actual: [0, 0], answered: [0, 0], answeredAgainst: [-1, 0] };
  const costs = [[0]];
  expect(compareOnSameRows({ ...named, ...rows, costs, notes: ['"x" is no class of release 7'] })).toMatchObject({
    ...{ only_release: 1, both_right: 1, cost_difference: null, notes: ['"x" is no class of release 7'] },
  });
});

it('without rows anything is possible', () => {
  expect(compareOnSameRows({ ...named, ...rowsOf([0, 0, 0, 0]) })).toMatchObject({
    ...{ rows: 0, difference: 0, interval: [-1, 1], at_least: -1, p: 1 },
  });
});

it('refuses answers that are not as many as the rows', () => {
  expect(() => compareOnSameRows({ ...named, actual: [0], answered: [0, 1], answeredAgainst: [0] })).toThrow(
    RangeError,
  );
});
