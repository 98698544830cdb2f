import type { FeatureKind, ModelCard, ModelReport } from '@coppice/contract';
import { MODEL_FILE } from '@coppice/registry/release';
import { RELEASE_TAG, SHA256_TAG } from './mlflow-models.ts';
import type { ReleaseDetails } from './release-details.ts';

const MEGABYTE = 1_000_000;
/** MLflow keeps at most so many characters of a parameter, and of a tag fewer than its own 8,000. */
const [LONGEST_PARAMETER, LONGEST_TAG] = [6000, 5000];
const LONGEST_DIGEST = 36;

/** Parameters of a run: those of the card, under its names, and what the card says about model and data. */
export function parametersOf({ card }: Pick<ReleaseDetails, 'card'>): Record<string, string> {
  const { algorithm, parameters, features, classes, data } = card;
  const all = {
    algorithm,
    ...parameters,
    features: features.length,
    classes: classes.length,
    target: data.target,
    train_rows: data.trainRows,
    test_rows: data.testRows,
    test_share: data.testRows / (data.trainRows + data.testRows),
  };
  return Object.fromEntries(
    Object.entries(all).map(([name, value]) => [allowedName(name), String(value).slice(0, LONGEST_PARAMETER)]),
  );
}

/**
 * Metrics of a run: `test_*` of the report, or of the card where there is none, `train_*`, `training_time` in seconds and
 * `model_size_mb` in megabytes of 10^6 bytes. Those of one class are `test_f1/CLASS`. What is not known is left out.
 */
export function metricsOf({ release, card, report, training }: ReleaseDetails): Record<string, number> {
  const ofTest = report ? ofReport(report) : card.metrics.rows > 0 ? ofCard(card) : {};
  const train = training?.train;
  const all: Record<string, number | null | undefined> = {
    ...ofTest,
    ...(train && {
      train_accuracy: train.accuracy,
      train_precision: train.precision,
      train_recall: train.recall,
      train_f1: train.f1,
    }),
    training_time: training?.seconds,
    model_size_mb: (release.files[MODEL_FILE]?.bytes ?? 0) / MEGABYTE,
  };
  return Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, number] => Number.isFinite(entry[1])),
  );
}

/** Tags of a run; `releaseTags` are those of the registry. */
export function tagsOf({ release, card }: ReleaseDetails, releaseTags: Record<string, string>): Record<string, string> {
  const { model, number, lineage, files, createdBy } = release;
  const commit = lineage.commit ?? card.gitCommit;
  const data = lineage.data ?? card.data.sha256;
  return {
    'mlflow.runName': `${model} ${number}`,
    'mlflow.user': createdBy,
    'mlflow.source.name': 'coppice',
    'mlflow.source.type': 'LOCAL',
    ...(commit && { 'mlflow.source.git.commit': commit }),
    [RELEASE_TAG]: String(number),
    [SHA256_TAG]: files[MODEL_FILE]?.sha256 ?? '',
    'coppice.data': data,
    ...(lineage.parent !== null && { 'coppice.parent': String(lineage.parent) }),
    ...Object.fromEntries(
      Object.entries(releaseTags).map(([name, value]) => [
        `coppice.tag.${allowedName(name)}`,
        value.slice(0, LONGEST_TAG),
      ]),
    ),
  };
}

/** The training data as an input of the run; MLflow shows name, digest, columns and the number of rows. */
export function datasetOf({ release, card }: Pick<ReleaseDetails, 'release' | 'card'>) {
  const { data, features } = card;
  return {
    tags: [{ key: 'mlflow.data.context', value: 'training' }],
    dataset: {
      name: data.file,
      digest: (release.lineage.data ?? data.sha256).slice(0, LONGEST_DIGEST),
      source_type: 'local',
      source: JSON.stringify({ uri: data.file }),
      schema: JSON.stringify({
        mlflow_colspec: [...columnsOf(card), { type: 'string', name: data.target, required: true }],
      }),
      profile: JSON.stringify({ num_rows: data.rows, num_elements: data.rows * (features.length + 1) }),
    },
  };
}

/** MLflow's types of columns. A date is text, as in our own API: pandas' dates have no year 1600. */
const columnTypes: Record<FeatureKind, string> = {
  number: 'double',
  boolean: 'boolean',
  category: 'string',
  date: 'string',
};

/** The features as MLflow's columns. MLflow's server reads a gap in a column of booleans as false, but leaves one of `any` alone. */
export function columnsOf({ features }: Pick<ModelCard, 'features'>) {
  return features.map(({ name, kind, nullable }) => ({
    type: kind === 'boolean' && nullable ? 'any' : columnTypes[kind],
    name,
    required: !nullable,
  }));
}

function ofReport(report: ModelReport): Record<string, number | null> {
  const { accuracy, macro_f1, log_loss, per_class, roc, precision_recall, calibration, majority, business } = report;
  const label = labelsOf(report.classes);
  return {
    test_accuracy: accuracy.value,
    test_accuracy_low: accuracy.interval[0],
    test_accuracy_high: accuracy.interval[1],
    test_majority_accuracy: majority.accuracy,
    test_f1: macro_f1,
    test_precision: mean(per_class.map(({ precision }) => precision)),
    test_recall: mean(per_class.map(({ recall }) => recall)),
    test_log_loss: log_loss,
    test_auc: mean(roc.map(({ auc }) => auc)),
    test_average_precision: mean(precision_recall.map(({ average_precision: average }) => average)),
    test_calibration_error: calibration?.ece ?? null,
    test_brier: calibration?.brier ?? null,
    test_cost_per_row: business?.per_row ?? null,
    ...byClass('precision', per_class, label, ({ precision }) => precision),
    ...byClass('recall', per_class, label, ({ recall }) => recall),
    ...byClass('f1', per_class, label, ({ f1 }) => f1),
    ...byClass('auc', roc, label, ({ auc }) => auc),
  };
}

function ofCard({ metrics, classes }: ReleaseDetails['card']): Record<string, number> {
  const { accuracy, precision, recall, f1, perClass } = metrics;
  const label = labelsOf(classes.map(({ name }) => name));
  return {
    ...{ test_accuracy: accuracy, test_precision: precision, test_recall: recall, test_f1: f1 },
    ...byClass('precision', perClass, label, (one) => one.precision),
    ...byClass('recall', perClass, label, (one) => one.recall),
    ...byClass('f1', perClass, label, (one) => one.f1),
  };
}

function byClass<T extends { class: string }, V>(
  figure: string,
  of: readonly T[],
  label: ReadonlyMap<string, string>,
  value: (one: T) => V,
): Record<string, V> {
  return Object.fromEntries(of.map((one) => [`test_${figure}/${label.get(one.class)}`, value(one)]));
}

/** Names of classes as MLflow allows them in a metric; two that become the same one get their place behind them. */
function labelsOf(classes: readonly string[]): Map<string, string> {
  const names = classes.map((name) => allowedName(name).slice(0, 200));
  return new Map(
    classes.map((name, at) => {
      const label = names[at] as string;
      return [name, names.filter((other) => other === label).length > 1 ? `${label}_${at}` : label];
    }),
  );
}

/** Letters, digits, `_`, `-`, `.` and spaces; MLflow takes a name of dots alone for a path. */
function allowedName(name: string): string {
  const text = name.replaceAll(/[^\p{L}\p{N}_. -]/gu, '_').trim();
  return /^\.*$/.test(text) ? `_${text}` : text;
}

/** Of those that are known; null for none. */
function mean(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}
