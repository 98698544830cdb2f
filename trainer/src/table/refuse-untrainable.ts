import { count } from './count.ts';
import { DataError, quoted } from './data-error.ts';
import { columnTitle, isMissing, type Table } from './table.ts';

const fewestRows = 10;
/** Names that outputs of every model have, and what the inputs of columns with that name are called instead. */
const takenNames = ['label', 'probability'].map((name) => ({ name, input: `${name} (feature)` }));

/**
 * Throws `DataError`, with the remedy, for a table without features, and unless there are enough rows of each class to train and
 * to test.
 */
export function refuseUntrainable(table: Table): void {
  refuseFewRows(table);
  refuseNoColumns(table);
  refuseEqualInputs(table);
}

function refuseNoColumns({ file, columns, leftOut }: Table): void {
  if (columns.length > 0) return;
  const reasons = leftOut.slice(0, 8).map(({ title, reason }) => `${quoted(title)} (${reason})`);
  const more = leftOut.length > reasons.length ? ` and ${leftOut.length - reasons.length} more` : '';
  throw new DataError(
    `${file}, line 1: no column is left to predict the target from; left out: ${reasons.join(', ')}${more}`,
  );
}

function refuseEqualInputs({ file, columns, lines }: Table): void {
  // numbers without gaps are one input together
  if (columns.every((column) => column.kind === 'number' && lines.every((_, row) => !isMissing(column, row)))) return;
  for (const { name, input } of takenNames) {
    const second = columns.find((column) => column.name === input);
    if (second && columns.some((column) => column.name === name))
      throw new DataError(
        `${file}, line 1, ${columnTitle(second)}: a model that has ${quoted(name)} as well has two inputs of this name; give one of them another name`,
      );
  }
}

/** There must be two classes, and of each a row to train and one to test. */
function refuseFewRows({ file, lines, target, rowsLeftOut = [] }: Table): void {
  const end = `${file}, line ${lines.at(-1) ?? 1}`;
  if (lines.length < fewestRows)
    throw new DataError(
      `${end}, column 1: ${rowsLeftOut.length > 0 ? 'only' : 'the file has'} ${[`${count(lines.length, 'row')} of data`, `at least ${fewestRows} are needed`, ...rowsLeftOut].join('; ')}`,
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
