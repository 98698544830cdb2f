import type { RecordedPrediction } from '../storage/port/recorded-prediction.ts';

/** Receives each row of a counted request, after its answer was sent. Must neither throw nor wait. */
export interface PredictionObserver {
  observe(row: RecordedPrediction): void;
}
