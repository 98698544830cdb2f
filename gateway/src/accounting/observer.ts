import type { RecordedPrediction } from '../storage/port/recorded-prediction.ts';

/** Receives each row of a counted request, after its answer is sent. Must neither throw nor wait. */
export interface PredictionObserver {
  observe(row: RecordedPrediction): void;
  /** Whether it gets the rows of a request, by its first one. Default: yes. */
  wants?(first: RecordedPrediction): boolean;
}

/**
 * Where servers of several releases answer for a version, an observer that judges what a version serves now gets the rows of that
 * release alone. `releaseOf`: its identity, or null if it has none.
 */
export function ofPresentRelease(
  releaseOf: (version: string) => string | null,
  observer: PredictionObserver,
): PredictionObserver {
  return only(observer, (row) => row.release === releaseOf(row.version));
}

/** What visitors try on the page is no traffic: an observer that judges traffic does not get those rows. */
export function exceptFromPage(observer: PredictionObserver): PredictionObserver {
  return only(observer, (row) => row.source !== 'page');
}

function only(observer: PredictionObserver, wants: (first: RecordedPrediction) => boolean): PredictionObserver {
  return {
    observe: (row) => observer.observe(row),
    wants: (row) => wants(row) && observer.wants?.(row) !== false,
  };
}
