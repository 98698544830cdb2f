import { aRow } from '@coppice/testkit/record/databases';
import { expect, it } from 'vitest';
import type { RecordedPrediction } from '../storage/port/recorded-prediction.ts';
import { exceptFromPage, ofPresentRelease, type PredictionObserver } from './observer.ts';

function seenThrough(wrap: (observer: PredictionObserver) => PredictionObserver, rows: RecordedPrediction[]) {
  const seen: RecordedPrediction[] = [];
  const observer = wrap({ observe: (row) => void seen.push(row) });
  for (const row of rows) if (observer.wants?.(row)) observer.observe(row);
  return seen;
}

it('what visitors try on the page is left out', () => {
  const rows = [aRow({ source: 'api' }), aRow({ source: 'page' })];
  expect(seenThrough(exceptFromPage, rows)).toEqual([rows[0]]);
});

it('what another release than the present one answered is left out, and nothing of versions without releases', () => {
  const release = (version: string) => (version === 'v1' ? 'now' : null);
  const rows = [
    aRow({ version: 'v1', release: 'now' }),
    aRow({ version: 'v1', release: 'before' }),
    aRow({ version: 'v2', release: null }),
  ];
  expect(seenThrough((observer) => ofPresentRelease(release, observer), rows)).toEqual([rows[0], rows[2]]);
});

it('both at once', () => {
  const rows = [
    aRow({ version: 'v1', release: 'now' }),
    aRow({ version: 'v1', release: 'now', source: 'page' }),
    aRow({ version: 'v1', release: 'before' }),
  ];
  expect(seenThrough((observer) => exceptFromPage(ofPresentRelease(() => 'now', observer)), rows)).toEqual([rows[0]]);
});
