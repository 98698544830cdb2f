import type { FeatureValue } from '@coppice/contract';
import { daysOfDate } from '@coppice/serverkit';
import type { SeenMeasured, WindowColumn } from './window-column.ts';

/** Squares of the values, and their sum over a window, must stay finite. */
const LARGEST = 1e150;
// no number that the window holds; both sort behind all of them
const MISSING = Number.NaN;
const SKIPPED = Number.POSITIVE_INFINITY;

/** Numbers, and dates as days since 1970-01-01; beyond ±1e150 they count as ±1e150. */
export class MeasuredColumn implements WindowColumn {
  readonly #values: Float64Array;

  nullable: boolean;

  constructor(capacity: number, nullable: boolean) {
    this.nullable = nullable;
    this.#values = new Float64Array(capacity).fill(SKIPPED);
  }

  set(slot: number, value: FeatureValue | undefined): void {
    const values = this.#values;
    if (typeof value === 'number') values[slot] = value > LARGEST ? LARGEST : value < -LARGEST ? -LARGEST : value;
    else if (value === null) values[slot] = this.nullable ? MISSING : SKIPPED;
    else values[slot] = typeof value === 'string' ? (daysOfDate(value) ?? SKIPPED) : SKIPPED;
  }

  at(slot: number): FeatureValue | undefined {
    const value = this.#values[slot] as number;
    return value === SKIPPED ? undefined : Number.isNaN(value) ? null : value;
  }

  seen(size: number, only?: readonly number[]): SeenMeasured {
    const values = this.#values;
    const sorted = (only ? Float64Array.from(only, (slot) => values[slot] as number) : values.slice(0, size)).sort();
    let rows = sorted.length;
    let missing = 0;
    for (; rows > 0 && Number.isNaN(sorted[rows - 1]); rows--) missing++;
    while (rows > 0 && sorted[rows - 1] === SKIPPED) rows--;
    return { sorted: Array.from(sorted.subarray(0, rows)), rows: rows + missing, missing };
  }
}
