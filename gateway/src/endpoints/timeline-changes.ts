import type { AuditEntry, TimelineChange } from '@coppice/contract';
import type { ReleaseStart } from '../storage/port/record-store.ts';
import { periodChanges } from './period-changes.ts';

/** What changed within a period, oldest first, each with its audit entry. Times in milliseconds since the epoch. */
export function timelineChanges(
  period: { since: number; until: number },
  audit: readonly AuditEntry[],
  releases: readonly ReleaseStart[],
): TimelineChange[] {
  const audited = audit.flatMap((entry) =>
    periodChanges(period, [entry], []).map((change) => ({ ...change, audit: entry.id, words: wordsOf(entry) })),
  );
  const replaced = periodChanges(period, [], releases).map((change) => ({
    ...change,
    audit: null,
    words: `${change.version} serves another model`,
  }));
  return [...audited, ...replaced].sort((a, b) => Date.parse(a.time) - Date.parse(b.time));
}

const wordsOf = ({ who, action, reason }: AuditEntry) => `${action} by ${who}${reason === '' ? '' : `: ${reason}`}`;
