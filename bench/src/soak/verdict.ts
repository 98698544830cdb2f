import { median } from '../report/stats.ts';
import { short } from '../report/table.ts';
import { growthOf, type Sample } from './growth.ts';
import type { Tally } from './traffic.ts';

export type Verdict = { what: string; measured: string; pass: boolean };

/** Garbage collection alone accounts for growth up to a tenth. */
const MOST_GROWTH = 1.1;

/** The verdict on a long run, line by line. */
export function judgeSoak(
  samples: readonly Sample[],
  tally: Tally,
  faults: readonly string[],
  rows: { answered: number; recorded: number },
): Verdict[] {
  const errors = [...tally.errors.values()].reduce((sum, n) => sum + n, 0);
  const count = (n: number) => n.toLocaleString('en');
  const growth = (what: 'rssMb' | 'heapMb' | 'handles', unit: string) => {
    const { from, to, ratio } = growthOf(samples, what);
    // a few handles are new connections, not a leak
    const pass = ratio <= MOST_GROWTH || (what === 'handles' && to - from <= 16);
    return { measured: `${short(from)} → ${short(to)} ${unit}`, pass };
  };
  const lag = samples.map((sample) => sample.lagP99Ms);
  return [
    { what: 'requests', measured: count(tally.requests), pass: tally.requests > 0 },
    { what: 'errors', measured: count(errors), pass: errors === 0 },
    { what: 'faults of page, scrape and retune', measured: count(faults.length), pass: faults.length === 0 },
    {
      what: 'rows recorded of rows answered',
      measured: `${count(rows.recorded)} of ${count(rows.answered)}`,
      pass: rows.recorded === rows.answered,
    },
    { what: 'feedback taken', measured: count(tally.feedback), pass: tally.feedback > 0 },
    { what: 'bad requests refused', measured: count(tally.refused), pass: tally.refused > 0 },
    { what: "gateway's resident memory", ...growth('rssMb', 'MB') },
    { what: "gateway's heap", ...growth('heapMb', 'MB') },
    { what: "gateway's handles", ...growth('handles', '') },
    {
      what: "gateway's event-loop lag, p99",
      measured: `${short(median(lag))} ms (most ${short(Math.max(...lag))} ms)`,
      pass: median(lag) < 50,
    },
  ];
}
