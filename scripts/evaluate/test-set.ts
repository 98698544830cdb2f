import { hash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { type FeatureCard, type FeatureValue, type ModelCard, TEST_ROWS_FILE, testRows } from '@coppice/contract';
import type { Registry } from '@coppice/registry/registry';
import type { Release } from '@coppice/registry/release';
import { readCsv } from '@coppice/trainer/csv/read-csv';
import { readDataFile } from '@coppice/trainer/csv/read-data-file';
import { cellValue } from '@coppice/trainer/table/cell-value';
import { DataError } from '@coppice/trainer/table/data-error';

/** Rows with their classes, by which models are evaluated. */
export type TestSet = {
  features: readonly Pick<FeatureCard, 'name' | 'kind'>[];
  /** In the order of `features`, in the form in which clients send them. */
  rows: readonly (readonly FeatureValue[])[];
  /** Index of each row's class among the card's. */
  actual: readonly number[];
  /** What a person should know of these rows. */
  notes: readonly string[];
};

/** The test rows that the release keeps. Throws `DataError` when it keeps none. */
export async function keptTestSet(registry: Registry, release: Release, card: ModelCard): Promise<TestSet> {
  if (!release.files[TEST_ROWS_FILE])
    throw new DataError(
      `release ${release.number} keeps no test rows: --data FILE --target COLUMN evaluates it on rows of yours`,
    );
  const bytes = await registry.file(release, TEST_ROWS_FILE);
  const { columns, rows, labels } = testRows.parse(JSON.parse(gunzipSync(bytes).toString('utf8')));
  const features = columns.map((name) => card.features.find((feature) => feature.name === name));
  const known = features.filter((feature) => feature !== undefined);
  if (known.length !== columns.length)
    throw new DataError(`the test rows of release ${release.number} have a column that its card does not know`);
  const actual = labels.map((label) => classIndex(card, label, `the test rows of release ${release.number}`));
  return { features: known, rows, actual, notes: [] };
}

type File = { file: string; title: string; target: string | undefined };

/** The rows of a CSV file, whose columns are read as those of the card. Throws `DataError` of one line. */
export function testSetOf({ file, title, target = undefined }: File, card: ModelCard): TestSet {
  const names = card.features.map(({ name }) => name);
  const bytes = readDataFile(file, title);
  const table = readCsv(bytes, {
    file: title,
    target: target ?? card.data.target,
    only: names,
    types: card.features.map(({ name: column, kind }) => ({ column, kind })),
  });
  const columns = card.features.map(({ name }) => {
    const column = table.columns.find((one) => one.name === name);
    if (!column) throw new DataError(`${title}: there is no column ${JSON.stringify(name)}, which the model needs`);
    return column;
  });
  const all = [...table.target.labels.keys()].filter((row) => table.target.labels[row] !== -1);
  const values = all.map((row) => columns.map((column) => cellValue(column, row)));
  const places = [...all.keys()].filter((at) =>
    card.features.every(({ nullable }, i) => nullable || values[at]?.[i] !== null),
  );
  const gaps = all.length - places.length;
  return {
    features: card.features,
    rows: places.map((at) => values[at] as FeatureValue[]),
    actual: places.map((at) =>
      classIndex(card, table.target.classes[table.target.labels[all[at] as number] as number] as string, title),
    ),
    notes: [
      hash('sha256', bytes) === card.data.sha256
        ? `It was trained on most rows of ${title}: they say little about others.`
        : `On the rows of ${title}, not on those that it was tested by.`,
      ...(gaps > 0
        ? [
            gaps === 1
              ? 'A row is left out: it lacks a value that the model needs.'
              : `${gaps} rows are left out: they lack a value that the model needs.`,
          ]
        : []),
    ],
  };
}

function classIndex({ classes }: ModelCard, label: string, where: string): number {
  const index = classes.findIndex(({ name }) => name === label);
  if (index === -1)
    throw new DataError(
      `${where}: the class ${JSON.stringify(label)} is none of the model's: ${classes.map(({ name }) => name).join(', ')}`,
    );
  return index;
}
