import type { SameRowsComparison } from '@coppice/contract';

type Compared = {
  release: number;
  against: number;
  actual: ArrayLike<number>;
  answered: ArrayLike<number>;
  answeredAgainst: ArrayLike<number>;
  /** Cost by actual (outer) and answered class (inner); null without any. */
  costs: readonly (readonly number[])[] | null;
  notes: readonly string[];
};

/** Two releases on the same rows: exact McNemar test, and the interval of the paired difference. */
export function compareOnSameRows(_compared: Compared): SameRowsComparison {
  throw new Error('not built yet');
}
