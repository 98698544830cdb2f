import type { ComparisonReport } from '@coppice/contract';
import { type CountedAnswer, countedEpoch } from '@coppice/testkit/epoch-cells';
import { expect, it } from 'vitest';
import type { Storage } from '../storage/open-storage.ts';
import { compareVersions } from './compare-versions.ts';
import { KeptVerdicts } from './kept-verdicts.ts';

/** Errors of v2 only, too few for an interval of the difference of rates. */
function fewErrors(): ComparisonReport {
  const answers = (version: string, n: number, failed: (i: number) => boolean): CountedAnswer[] =>
    Array.from({ length: n }, (_, i) => ({ version, bucket: i % 64, time: i * 1000, failed: failed(i) }));
  const epoch = countedEpoch({ period: 1, weights: { v1: 90, v2: 10 } }, [
    ...answers('v1', 9000, () => false),
    ...answers('v2', 1000, (i) => i % 125 === 0),
  ]);
  return compareVersions(
    {
      ...{ experiment: null, baseline: 'v1', candidates: ['v2'], releases: {}, alpha: 0.05, metric: 'accuracy' },
      ...{ margin: 0.02, effect: 0.02, outcomeGood: 'high', slowLimit: null, first: () => [], notes: [] },
    },
    [epoch],
    { from: 1, now: 10_000_000 },
  );
}

it('keeps the difference of rates with a first verdict on errors, even without an interval', async () => {
  const call = async (_store: string, method: string) => (method === 'get' ? null : undefined);
  const verdicts = new KeptVerdicts({ writer: { call } as unknown as Storage['writer'] });
  const report = fewErrors();
  expect(report.candidates[0]?.risks[0]).toMatchObject({ verdict: 'worse', difference: null });
  await verdicts.keep('1', report, {});
  expect(verdicts.of({ scope: '1', candidate: 'v2', baseline: 'v1' }, {})).toMatchObject([
    { metric: 'errors', verdict: 'worse', effect: expect.closeTo(0.008, 9), interval: null },
  ]);
});
