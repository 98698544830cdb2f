import { type DriftMethodName, driftFigure, driftMethods } from '@coppice/contract/drift-methods';
import { figuresApart } from '@coppice/contract/drift-words';
import { pValue } from '../parts/format.ts';
import { twoDigits } from './drift-words.ts';

/**
 * A method's figure as the page shows it, and the limit on one side of which it is drift; `value` is null until the feature
 * is judged. `level`: the p-value below which it is drift.
 */
export function methodFigure(
  name: DriftMethodName,
  result: number | Record<string, number> | null,
  level: number,
): { label: string; value: string | null; limit: string | null } {
  const { label, shown } = driftMethods[name];
  if (result === null) return { label, value: null, limit: null };
  const value = driftFigure(result, shown.field);
  if (shown.as === 'p-value') return { label, value: smallP(value), limit: `limit ${level}` };
  if (!('limit' in shown)) return { label, value: twoDigits(value), limit: null };
  const limit = driftFigure(result, shown.limit);
  const [a, b] = [twoDigits(value), twoDigits(limit)];
  const [value_, limit_] = a === b && value !== limit ? figuresApart(value, limit, 3) : [a, b];
  return { label, value: value_, limit: `limit ${limit_}` };
}

/** The level is far below the 0.001 at which other p-values end. One of χ² is 1 less a number, and 0 where that is nearly 1. */
function smallP(p: number): string {
  if (p === 0) return 'p < 1e−15';
  return p < 0.001 ? `p = ${p.toExponential(1).replace('-', '−')}` : pValue(p);
}
