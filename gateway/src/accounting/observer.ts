import type { RecordedPrediction } from '../storage/port/recorded-prediction.ts';

/** Receives each row of a counted request, after its answer is sent. Must neither throw nor wait. */
export interface PredictionObserver {
  observe(row: RecordedPrediction): void;
}

/**
 * Where servers of several releases answer for a version, an observer that judges what a version serves now gets the rows of that
 * release alone. `releaseOf`: its identity, or null if it has none.
 */
export function ofPresentRelease(
  releaseOf: (version: string) => string | null,
  observer: PredictionObserver,
): PredictionObserver {
  return { observe: (row) => row.release === releaseOf(row.version) && observer.observe(row) };
}

/** What visitors try on the page is no traffic: an observer that judges traffic does not get those rows. */
export function exceptFromPage(observer: PredictionObserver): PredictionObserver {
  return { observe: (row) => row.source !== 'page' && observer.observe(row) };
}
