import { describe, expect, it } from 'vitest';
import type { Sample } from './growth.ts';
import type { Tally } from './traffic.ts';
import { judgeSoak } from './verdict.ts';

const samples = (rss: (i: number) => number): Sample[] =>
  Array.from({ length: 20 }, (_, i) => ({ seconds: i, rssMb: rss(i), heapMb: 30, handles: 10, lagP99Ms: 2 }));
const good = (): Tally => ({ requests: 10, rows: 12, feedback: 1, refused: 1, errors: new Map() });
const fallsShort = (...args: Parameters<typeof judgeSoak>) =>
  judgeSoak(...args)
    .filter(({ pass }) => !pass)
    .map(({ what }) => what);

describe('the verdict on a long run', () => {
  it('passes when nothing grows, fails or is lost', () => {
    expect(
      fallsShort(
        samples(() => 100),
        good(),
        [],
        { answered: 12, recorded: 12 },
      ),
    ).toEqual([]);
  });

  it('names what falls short', () => {
    const tally = { ...good(), errors: new Map([['single: 503', 2]]) };
    const short = fallsShort(
      samples((i) => 100 + 3 * i),
      tally,
      ['page: /api/ready answered 502'],
      {
        answered: 12,
        recorded: 11,
      },
    );
    expect(short).toEqual([
      'errors',
      'faults of page, scrape and retune',
      'rows recorded of rows answered',
      "gateway's resident memory",
    ]);
  });
});
