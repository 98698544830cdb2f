import { type DriftMethodName, driftFigure, driftMethods } from '@coppice/contract/drift-methods';
import { figure, pValue } from '../parts/format.ts';

/** A method's figure as the page shows it; `value` is null until the feature is judged. */
export function methodFigure(
  name: DriftMethodName,
  result: number | Record<string, number> | null,
): { label: string; value: string | null; limit: string | null } {
  const { label, shown } = driftMethods[name];
  if (result === null) return { label, value: null, limit: null };
  const format = shown.as === 'p-value' ? pValue : figure;
  return {
    label,
    value: format(driftFigure(result, shown.field)),
    limit: 'limit' in shown ? format(driftFigure(result, shown.limit)) : null,
  };
}
