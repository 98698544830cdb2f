import { latencyBucket } from '@coppice/statistics/latency-buckets';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SummaryDeltas } from './summary-deltas.ts';

const T0 = Date.parse('2026-03-01T23:58:00Z');
const row = fc.record({
  time: fc.nat(10 * 60_000).map((ms) => T0 + ms),
  version: fc.constantFrom('v1', 'v10', 'v2', 'Ä', 'b c'),
  source: fc.constantFrom('api' as const, 'page' as const, null),
  latency: fc.double({ min: 0, max: 20, noNaN: true }),
  failed: fc.boolean(),
});

it('lists what rows add at each resolution, by the order of the keys as text', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 80 }), (rows) => {
      const deltas = new SummaryDeltas();
      const wanted = new Map<string, number>();
      for (const { time, version, source, latency, failed } of rows) {
        deltas.add(time, { version, source }, latency, failed);
        if (source === 'page') continue;
        for (const resolution of [86_400_000, 3_600_000, 60_000]) {
          const bucket = failed ? -1 : latencyBucket(latency);
          const key = `${resolution} ${Math.floor(time / resolution) * resolution} ${bucket} ${version}`;
          wanted.set(key, (wanted.get(key) ?? 0) + 1);
        }
      }
      const listed = deltas
        .list()
        .map(({ resolution, start, version, bucket, n }) => [`${resolution} ${start} ${bucket} ${version}`, n]);
      expect(listed).toEqual([...wanted.keys()].sort().map((key) => [key, wanted.get(key)]));
    }),
  );
});
