import type { RetrainRows } from '@coppice/contract';
import type { Base } from './base-rows.ts';
import type { LabelledRow, RecordedRow, TimedRow } from './recorded-row.ts';
import { splitByTime } from './split-by-time.ts';
import { toCells } from './to-cells.ts';
import { uniqueRows } from './unique-rows.ts';
import { withoutLeaks } from './without-leaks.ts';

export type Gathered = {
  /** Of the base file, then the recorded ones, the oldest first. */
  train: LabelledRow[];
  test: LabelledRow[];
  rows: RetrainRows;
  /** What was left out and why, a line each. */
  notes: string[];
};

/** The rows that a job trains on and those that it is judged by: see docs/retraining.md. */
export function gatherRows(base: Base, recorded: readonly RecordedRow[]): Gathered {
  const usable: TimedRow[] = [];
  const unusable = new Map<string, number>();
  for (const row of recorded) {
    const cells = toCells(row, base);
    if (typeof cells === 'string') unusable.set(cells, (unusable.get(cells) ?? 0) + 1);
    else usable.push(cells);
  }
  const unique = uniqueRows(usable, [...base.train, ...base.heldOut]);
  const split = splitByTime(unique.rows);
  const { train, leaks } = withoutLeaks(split.train, split.test);
  const { reference, same, base: known } = unique.dropped;
  const left: [number, string][] = [
    ...[...unusable].map(([why, count]): [number, string] => [count, why]),
    [reference, 'a newer row has the same reference'],
    [same, 'a newer row has the same features and class'],
    [known, 'the base file has the same features and class'],
    [leaks, 'it would give a test row away: the same features, of the same reference or user'],
  ];
  return {
    ...{ train: [...base.train, ...train], test: split.test },
    rows: {
      base: base.train.length,
      recorded: train.length + split.test.length,
      train: base.train.length + train.length,
      test: split.test.length,
    },
    notes: left.filter(([count]) => count > 0).map(([count, why]) => `left out ${count}: ${why}`),
  };
}
