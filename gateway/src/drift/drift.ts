import {
  type DriftMethodName,
  type DriftReport,
  driftFigure,
  driftMethods,
  driftMethodsOf,
  type FeatureDrift,
  type FeatureValue,
  type ModelCard,
} from '@coppice/contract';
import type { DriftConfig } from './drift-config.ts';
import { DriftSince, type FirstFound } from './drift-since.ts';
import { type DriftReference, driftReference } from './reference.ts';
import { driftReport } from './report.ts';
import { DriftWindow, type WindowRow } from './window.ts';

/** There is nothing to compare with yet. */
export class DriftUnknownError extends Error {}

type Catalog = {
  /** The features that rows are read by, and the classes in the order of their labels, once a version has sent its shape. */
  shape(): { features: readonly string[]; classes: readonly string[] } | null;
  /** The model cards known so far: the drift report covers the features of all of them. */
  cards(): readonly ModelCard[];
  card(version: string): ModelCard | null;
};

/** An answered row of the record. Without `columns` its values are in the order of now. */
type OlderRow = {
  columns?: readonly string[] | null;
  features: ArrayLike<FeatureValue>;
  label: number;
  version: string;
};

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
  /** Adds an answered row, which it only copies. Skips failed ones. */
  observe(row: WindowRow): void;
  /** Inserts older rows, oldest first, before those observed since the start. */
  refill(rows: readonly OlderRow[]): void;
  /** Forgets all rows, and compares with the model card of now: a version serves another model than before. */
  restart(): void;
  /** Takes when an earlier run of the gateway first found what drifts. */
  resume(found: FirstFound): void;
  /** Judges what came, so that the beginning of a drift is known though nobody asks. */
  look(): void;
  /** Recomputed when there are new rows, at most once a second. Throws `DriftUnknownError` while there is no model card. */
  report(): DriftReport;
};

/** How long a report is served before newer rows count, in milliseconds. */
const FRESH_MS = 1000;

type Dependencies = {
  catalog: Catalog;
  metrics: DriftMetrics;
  /** A clock in milliseconds that never jumps. */
  now?: () => number;
  /** The time of day, in milliseconds since the epoch. */
  date: () => number;
  /** Keeps what `resume` takes at the next start. */
  keep?: (found: FirstFound) => void;
};

/** Watches the recorded predictions for drift and sets the drift gauges at each scrape. */
export function createDrift(
  config: DriftConfig,
  { catalog, metrics, now = () => performance.now(), date, keep }: Dependencies,
): Drift {
  const since = new DriftSince(keep);
  let known: { reference: DriftReference; window: DriftWindow; cards: readonly ModelCard[] } | null = null;
  let last: { report: DriftReport; added: number; at: number } | null = null;
  /** Columns of the last row: others may belong to features that a version brought. */
  let columns: readonly string[] | null = null;

  /** Takes in the features of versions whose card came since; those known keep the card that they had. */
  const prepare = () => {
    const shape = catalog.shape();
    const cards = catalog.cards();
    if (!shape || cards.length === 0 || (known && cards.every((card) => known?.cards.includes(card)))) return known;
    const all = known ? [...known.cards, ...cards.filter((card) => !known?.cards.includes(card))] : [...cards];
    const reference = driftReference(all, (version) => catalog.card(version), shape.classes);
    const window = known?.window ?? new DriftWindow(config.window, []);
    window.extend(reference.features);
    known = { reference, window, cards: all };
    return known;
  };
  const report = () => {
    const state = prepare();
    if (!state) return null;
    const added = state.window.added;
    if (!last || (last.added !== added && now() - last.at >= FRESH_MS))
      last = { report: since.dated(driftReport(state.reference, state.window, config), date()), added, at: now() };
    return last.report;
  };
  const add = (window: DriftWindow, classes: number, row: WindowRow) => {
    if (isWhole(row) && row.label >= 0 && row.label < classes) window.add(row);
  };
  metrics.beforeScrape(() => {
    const current = report();
    if (current) exportReport(current, metrics);
  });

  return {
    observe(row) {
      const state = known && row.columns === columns ? known : prepare();
      columns = row.columns;
      if (state) add(state.window, state.reference.classes, row);
    },
    refill(rows) {
      const state = prepare();
      const names = catalog.shape()?.features;
      if (!state || !names) return;
      const newer = state.window.rows();
      state.window.clear();
      for (const row of rows) add(state.window, state.reference.classes, { ...row, columns: row.columns ?? names });
      for (const row of newer) state.window.add(row);
      last = null;
    },
    restart() {
      known = null;
      last = null;
      since.forget();
    },
    resume: (found) => since.resume(found),
    look: () => void report(),
    report() {
      const current = report();
      if (!current) throw new DriftUnknownError('Drift is unknown: no version has sent its model card.');
      return current;
    },
  };
}

/** Whether it has a value for each of its columns. */
const isWhole = ({ columns, features, featuresAt }: WindowRow) =>
  featuresAt === undefined ? features.length === columns.length : features.length >= featuresAt + columns.length;

function exportReport(report: DriftReport, metrics: DriftMetrics): void {
  metrics.driftSamples(report.samples);
  metrics.driftScore(report.score ?? 0);
  metrics.driftDetected(report.drifted);
  metrics.predictionDriftDetected(report.prediction?.drifted ?? false);
  for (const feature of report.features) {
    for (const name of driftMethodsOf(feature.kind))
      metrics.featureDrift(feature.feature, name, scoreOf(feature, name));
    metrics.featureDriftDetected(feature.feature, feature.drifted);
  }
}

/** 0 until the feature is judged. */
function scoreOf(feature: FeatureDrift, name: DriftMethodName): number {
  const result = feature[name];
  return result === null ? 0 : driftFigure(result, driftMethods[name].score);
}
