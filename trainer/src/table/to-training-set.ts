import { count } from './count.ts';
import { DataError, quoted } from './data-error.ts';
import { flag } from './flag.ts';
import { columnTitle, isMissing, type Table } from './table.ts';
import type { TrainingSet } from './training-set.ts';

const fewestRows = 10;
/** A message names no more columns. */
const mostNamed = 8;

/**
 * The numbers that forests learn from. Throws `DataError`, with the remedy, for columns that are no numbers, for gaps, and
 * unless there are enough rows of each class to train and to test.
 */
export function toTrainingSet(table: Table): TrainingSet {
  refuseWords(table);
  refuseGaps(table);
  refuseFewRows(table);
  const { columns, target } = table;
  const rows = table.lines.length;
  const set: TrainingSet = {
    features: columns.map(({ name, unit }) => ({ name, unit })),
    target: target.name,
    classes: target.classes,
    values: new Float64Array(new SharedArrayBuffer(rows * columns.length * 8)),
    labels: new Int32Array(new SharedArrayBuffer(rows * 4)),
  };
  set.labels.set(target.labels);
  columns.forEach((column, at) => {
    if (!('values' in column)) return;
    for (let row = 0; row < rows; row++) set.values[row * columns.length + at] = column.values[row] as number;
  });
  return set;
}

function refuseWords({ file, lines, columns, target }: Table): void {
  const words = columns.filter(({ kind }) => kind !== 'number');
  const [first] = words;
  if (!first) return;
  const shown = words.slice(0, mostNamed).map(({ name, kind }) => `${quoted(name)} (${kind})`);
  const rest = words.length > shown.length ? ` and ${words.length - shown.length} more` : '';
  const numbers = columns.filter(({ kind }) => kind === 'number');
  const hasGaps = lines.some((_, row) => target.labels[row] === -1 || numbers.some((column) => isMissing(column, row)));
  const flags = [
    ...(words.length <= mostNamed
      ? words.map(({ name }) => flag('--drop', name))
      : numbers.slice(0, mostNamed).map(({ name }) => flag('--only', name))),
    ...(hasGaps ? ['--drop-missing'] : []),
  ];
  throw new DataError(
    `${file}, line 1, ${columnTitle(first)}: forests learn from numbers alone so far, and ${words.length === 1 ? 'this column is' : 'these columns are'} not: ${shown.join(', ')}${rest}; ${
      numbers.length === 0 ? 'no other column is left' : `${flags.join(' ')} trains without them`
    }`,
  );
}

function refuseGaps({ file, lines, columns, target }: Table): void {
  const titles: string[] = [];
  const dropped: string[] = [];
  let first = Number.POSITIVE_INFINITY;
  let firstColumn: Parameters<typeof columnTitle>[0] = target;
  const take = (heading: typeof firstColumn, missing: (row: number) => boolean, remedy: string[]) => {
    let gaps = 0;
    for (let row = 0; row < lines.length; row++) {
      if (!missing(row)) continue;
      gaps++;
      if (row < first) [first, firstColumn] = [row, heading];
    }
    if (gaps > 0) titles.push(`${quoted(heading.name)} ${gaps.toLocaleString('en')}`);
    if (gaps > 0) dropped.push(...remedy);
  };
  for (const column of columns) take(column, (row) => isMissing(column, row), [flag('--drop', column.name)]);
  take(target, (row) => target.labels[row] === -1, []);
  if (titles.length === 0) return;
  const shown =
    titles.slice(0, mostNamed).join(', ') +
    (titles.length > mostNamed ? ` and ${titles.length - mostNamed} more columns` : '');
  const remedies = dropped.length > 0 && dropped.length <= mostNamed && dropped.length < columns.length;
  throw new DataError(
    `${file}, line ${lines[first]}, ${columnTitle(firstColumn)}: values are missing (rows by column: ${shown}); ${remedies ? `${dropped.join(' ')} leaves the columns out, ` : ''}--drop-missing the rows`,
  );
}

/** There must be two classes, and of each a row to train and one to test. */
function refuseFewRows({ file, lines, target }: Table): void {
  const end = `${file}, line ${lines.at(-1) ?? 1}`;
  if (lines.length < fewestRows)
    throw new DataError(
      `${end}, column 1: the file has ${count(lines.length, 'row')} of data; at least ${fewestRows} are needed`,
    );
  const { classes, labels } = target;
  const column = columnTitle(target);
  if (classes.length < 2)
    throw new DataError(
      `${end}, ${column}: every row has the class ${quoted(classes[0] as string)}; at least two classes are needed`,
    );
  const sizes = new Int32Array(classes.length);
  for (const label of labels) sizes[label] = (sizes[label] as number) + 1;
  const alone = labels.findIndex((label) => sizes[label] === 1);
  if (alone >= 0)
    throw new DataError(
      `${file}, line ${lines[alone]}, ${column}: the class ${quoted(classes[labels[alone] as number] as string)} has this row only; two are needed, one to train and one to test; --drop-rare 2 leaves such rows out`,
    );
}
