import type { AuditEntry, PerformanceEpoch, PeriodChange } from '@coppice/contract';
import { z } from 'zod';
import type { ReleaseStart } from '../storage/port/record-store.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** The record knows older periods to the hour only; an hour less, so that the answer holds a while. */
const MINUTES_KNOWN_MS = 47 * HOUR;
const MOST_SHOWN = 20;

const intent = z.object({ weights: z.record(z.string(), z.number()), shadow: z.string().nullable() });

/**
 * What changed within a period, newest first: the audited changes of weights and shadow, and each release of a version after
 * its first one. Times in milliseconds since the epoch, the period's ends excluded.
 */
export function periodChanges(
  { since, until }: { since: number; until: number },
  audit: readonly AuditEntry[],
  releases: readonly ReleaseStart[],
): PeriodChange[] {
  const changes = audit.flatMap(({ time, from, to }): PeriodChange[] => {
    const [before, after] = [intent.safeParse(from).data, intent.safeParse(to).data];
    // the first start has nothing before it
    if (!before || !after) return [];
    return [
      ...(sameShares(before.weights, after.weights) ? [] : [{ time, what: 'weights' as const, version: null }]),
      ...(before.shadow === after.shadow ? [] : [{ time, what: 'shadow' as const, version: after.shadow }]),
    ];
  });
  const starts = releases.toSorted((a, b) => a.first - b.first);
  const replaced = starts.filter(({ version }, i) => starts.slice(0, i).some((other) => other.version === version));
  for (const { version, first } of replaced)
    changes.push({ time: new Date(first).toISOString(), what: 'model', version });
  return changes
    .filter(({ time }) => Date.parse(time) > since && Date.parse(time) < until)
    .sort((a, b) => Date.parse(b.time) - Date.parse(a.time));
}

/**
 * Changes of shares that no audit has, since the gate made them: from one epoch to the next, the oldest first. Epochs that
 * overlap came and went several times; the last change was no later than the end of the later one.
 */
export function gateChanges(
  { since, until }: { since: number; until: number },
  epochs: readonly Pick<PerformanceEpoch, 'since' | 'until' | 'weights'>[],
  audited: readonly PeriodChange[],
): PeriodChange[] {
  const times = audited.filter(({ what }) => what === 'weights').map(({ time }) => time);
  return epochs.flatMap((epoch, i): PeriodChange[] => {
    const before = epochs[i - 1];
    if (!before || sameShares(before.weights, epoch.weights)) return [];
    if (times.some((time) => time > before.since && time <= epoch.since)) return [];
    const time = before.until > epoch.since ? epoch.until : epoch.since;
    const within = Date.parse(time) > since && Date.parse(time) < until;
    return within ? [{ time, what: 'weights', version: null }] : [];
  });
}

/** The fields of the report that say whether the period's figures compare the versions. */
export function comparability(changes: readonly PeriodChange[], { until, now }: { until: number; now: number }) {
  const [last] = changes;
  return {
    comparable: last === undefined,
    changes: changes.slice(0, MOST_SHOWN),
    comparable_since: last === undefined ? null : nextStep(Date.parse(last.time), until, now),
  };
}

/** Where a period after a change may begin, at a whole minute or hour as the record counts; null if none has begun yet. */
function nextStep(time: number, until: number, now: number): string | null {
  const step = now - time < MINUTES_KNOWN_MS ? MINUTE : HOUR;
  const next = Math.ceil(time / step) * step;
  return next < until ? new Date(next).toISOString() : null;
}

function sameShares(a: Record<string, number>, b: Record<string, number>): boolean {
  const total = (weights: Record<string, number>) => Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  const [totalA, totalB] = [total(a), total(b)];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every(
    (version) => (a[version] ?? 0) * totalB === (b[version] ?? 0) * totalA,
  );
}
