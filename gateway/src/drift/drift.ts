import {
  type DriftMethodName,
  type DriftReport,
  driftFigure,
  driftMethodNames,
  driftMethods,
  type FeatureDrift,
  type FeatureValue,
  type ModelCard,
} from '@coppice/contract';
import type { DriftConfig } from './drift-config.ts';
import { type DriftReference, driftReference } from './reference.ts';
import { driftReport } from './report.ts';
import { DriftWindow } from './window.ts';

/** There is nothing to compare with yet. */
export class DriftUnknownError extends Error {}

/** The model's shape once a version has sent it; `card` is null when its server has none. */
type Catalog = { shape(): { card: ModelCard | null } | null; card(version: string): ModelCard | null };

/** An answered row. */
type Row = { features: ArrayLike<FeatureValue>; label: number; version: string };

type DriftMetrics = {
  driftScore(score: number): void;
  driftSamples(samples: number): void;
  driftDetected(on: boolean): void;
  featureDrift(feature: string, method: DriftMethodName, value: number): void;
  featureDriftDetected(feature: string, on: boolean): void;
  predictionDriftDetected(on: boolean): void;
  beforeScrape(update: () => void): void;
};

export type Drift = {
  /** Adds an answered, recorded row, which it only copies. Skips rows that do not fit the model card. */
  observe(row: Row): void;
  /** Inserts older rows, oldest first, before those observed since the start. */
  refill(rows: readonly Row[]): void;
  /** Forgets all rows, and compares with the model card of now: a version serves another model than before. */
  restart(): void;
  /** Recomputed when there are new rows, at most once a second. Throws `DriftUnknownError` while there is no model card. */
  report(): DriftReport;
};

/** How long a report is served before newer rows count, in milliseconds. */
const FRESH_MS = 1000;

/** Watches the recorded predictions for drift and sets the drift gauges at each scrape. `now` is a clock in milliseconds. */
export function createDrift(
  config: DriftConfig,
  { catalog, metrics, now = () => performance.now() }: { catalog: Catalog; metrics: DriftMetrics; now?: () => number },
): Drift {
  let known: { reference: DriftReference; window: DriftWindow } | null = null;
  let last: { report: DriftReport; added: number; at: number } | null = null;

  const prepare = () => {
    const card = known ? null : catalog.shape()?.card;
    if (card)
      known = {
        reference: driftReference(card, (version) => catalog.card(version)),
        window: new DriftWindow(config.window, card.features.length),
      };
    return known;
  };
  const report = () => {
    const state = prepare();
    if (!state) return null;
    const added = state.window.added;
    if (!last || (last.added !== added && now() - last.at >= FRESH_MS))
      last = { report: driftReport(state.reference, state.window, config), added, at: now() };
    return last.report;
  };
  const add = (window: DriftWindow, classes: number, { features, label, version }: Row) => {
    if (features.length === window.features && label >= 0 && label < classes) window.add(features, label, version);
  };
  metrics.beforeScrape(() => {
    const current = report();
    if (current) exportReport(current, metrics);
  });

  return {
    observe(row) {
      const state = known ?? prepare();
      if (state) add(state.window, state.reference.classes, row);
    },
    refill(rows) {
      const state = prepare();
      if (!state) return;
      const newer = state.window.rows();
      state.window.clear();
      for (const row of [...rows, ...newer]) add(state.window, state.reference.classes, row);
      last = null;
    },
    restart() {
      known = null;
      last = null;
    },
    report() {
      const current = report();
      if (!current) throw new DriftUnknownError('Drift is unknown: no version has sent its model card.');
      return current;
    },
  };
}

function exportReport(report: DriftReport, metrics: DriftMetrics): void {
  metrics.driftSamples(report.samples);
  metrics.driftScore(report.score ?? 0);
  metrics.driftDetected(report.drifted);
  metrics.predictionDriftDetected(report.prediction?.drifted ?? false);
  for (const feature of report.features) {
    for (const name of driftMethodNames) metrics.featureDrift(feature.feature, name, scoreOf(feature, name));
    metrics.featureDriftDetected(feature.feature, feature.drifted);
  }
}

/** 0 until the feature is judged. */
function scoreOf(feature: FeatureDrift, name: DriftMethodName): number {
  const result = feature[name];
  return result === null ? 0 : driftFigure(result, driftMethods[name].score);
}
