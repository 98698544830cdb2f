import type { HistoryTotal } from '@coppice/contract';
import { count } from '../parts/format.ts';

/** "1,240 predictions", "1 prediction matches", "at least 100,000 predictions match"; the number of all is always exact. */
export function totalWords({ rows, exact }: HistoryTotal, filtered: boolean): string {
  const one = rows === 1;
  if (!filtered) return `${count(rows)} prediction${one ? '' : 's'}`;
  return `${exact ? '' : 'at least '}${count(rows)} prediction${one ? ' matches' : 's match'}`;
}

/** "37 new", "at least 37 new" */
export const newerWords = ({ rows, exact }: HistoryTotal) => `${exact ? '' : 'at least '}${count(rows)} new`;
