import type { RecordedPrediction } from '../storage/port/recorded-prediction.ts';

/** Receives each row of a counted request, after its answer is sent. Must neither throw nor wait. */
export interface PredictionObserver {
  observe(row: RecordedPrediction): void;
}

/** What visitors try on the page is no traffic: an observer that judges traffic does not get those rows. */
export function exceptFromPage(observer: PredictionObserver): PredictionObserver {
  return { observe: (row) => row.source !== 'page' && observer.observe(row) };
}
