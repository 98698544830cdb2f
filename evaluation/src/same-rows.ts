import type { SameRowsComparison } from '@coppice/contract';
import { mcnemar } from '@coppice/statistics/mcnemar';
import { pairedDifference, Z95_ONE_SIDED } from '@coppice/statistics/paired-difference';

type Compared = {
  release: number;
  against: number;
  /** Indices of the release's classes. */
  actual: ArrayLike<number>;
  answered: ArrayLike<number>;
  /** −1 where the other release answers a class that this one does not have: never right, and of unknown cost. */
  answeredAgainst: ArrayLike<number>;
  /** Cost by actual (outer) and answered class (inner); null without any. */
  costs: readonly (readonly number[])[] | null;
  notes: readonly string[];
};

/**
 * Two releases on the same rows: exact McNemar test, and Tango's score interval of the paired difference. Throws a RangeError when
 * the answers are not as many as the rows.
 */
export function compareOnSameRows(compared: Compared): SameRowsComparison {
  const { release, against, actual, answered, answeredAgainst, notes } = compared;
  const rows = actual.length;
  if (answered.length !== rows || answeredAgainst.length !== rows)
    throw new RangeError(`${answered.length} and ${answeredAgainst.length} answers do not fit ${rows} rows`);
  const cells = { both_right: 0, only_release: 0, only_against: 0, both_wrong: 0 };
  for (let row = 0; row < rows; row++) {
    const right = answered[row] === actual[row];
    const rightAgainst = answeredAgainst[row] === actual[row];
    cells[right ? (rightAgainst ? 'both_right' : 'only_release') : rightAgainst ? 'only_against' : 'both_wrong']++;
  }
  const { only_release: b, only_against: c } = cells;
  return {
    release,
    against,
    rows,
    ...cells,
    difference: rows === 0 ? 0 : (b - c) / rows,
    interval: pairedDifference(b, c, rows),
    at_least: pairedDifference(b, c, rows, Z95_ONE_SIDED)[0],
    p: mcnemar(b, c),
    cost_difference: costDifference(compared),
    notes: [...notes],
  };
}

/** Mean cost of a row's answer − mean cost of the other's; null without costs or rows, or where a cost is unknown. */
function costDifference({ actual, answered, answeredAgainst, costs }: Compared): number | null {
  if (costs === null || actual.length === 0) return null;
  let sum = 0;
  for (let row = 0; row < actual.length; row++) {
    const ofRow = costs[actual[row] as number];
    const [own, other] = [ofRow?.[answered[row] as number], ofRow?.[answeredAgainst[row] as number]];
    if (own === undefined || other === undefined) return null;
    sum += own - other;
  }
  return sum / actual.length;
}
