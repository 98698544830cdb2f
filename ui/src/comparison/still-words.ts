import type { MeanComparison } from '@coppice/contract';
import { count, duration } from '../parts/format.ts';
import { size } from './metric-words.ts';

/** How long until a difference would show; null where it is not known. */
export function stillWords({ metric, still }: Pick<MeanComparison, 'metric' | 'still'>): string | null {
  if (!still) return null;
  const what = size(metric, still.effect);
  if (still.rows === 0) return `A difference of ${what} would show by now.`;
  const rows = `${count(still.rows)} more ${still.rows === 1 ? 'row' : 'rows'} with feedback`;
  if (still.seconds === null) return `A difference of ${what} never shows at this traffic: it needs ${rows}.`;
  return `A difference of ${what} shows in about ${duration(still.seconds)}: after ${rows}.`;
}
