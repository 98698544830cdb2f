import { expect, it } from 'vitest';
import type { Storage } from '../storage/open-storage.ts';
import { exportRecord } from './export-record.ts';

/** A reader of three pages, each of which takes so many milliseconds of a clock that only it moves. */
function slowReader(took: number) {
  let time = 0;
  let page = 0;
  const reader = {
    async call(_store: string, method: string) {
      if (method === 'featureNames') return [];
      time += took;
      page++;
      return { lines: `${page}\n`, rows: 1, nextCursor: page < 3 ? `${page}` : null };
    },
  } as unknown as Storage['reader'];
  return { reader, now: () => time };
}

const timed = async (busy: boolean) => {
  const { reader, now } = slowReader(40);
  const began = performance.now();
  const lines: string[] = [];
  for await (const some of exportRecord({ reader, now, schema: null, busy: () => busy }, 'ndjson', {}))
    lines.push(some);
  return { lines: lines.join(''), ms: performance.now() - began };
};

it('pauses after each page but the last for as long as it took, while predictions come in', async () => {
  const [busy, idle] = [await timed(true), await timed(false)];
  expect([busy.lines, idle.lines]).toEqual(['1\n2\n3\n', '1\n2\n3\n']);
  expect(busy.ms).toBeGreaterThan(75);
  expect(idle.ms).toBeLessThan(busy.ms);
});
