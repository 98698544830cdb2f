import { parseHeader } from '@coppice/trainer/csv/parse-header';
import { readCsv } from '@coppice/trainer/csv/read-csv';
import { selectRows } from '@coppice/trainer/sampling/select-rows';
import { type Heading, isMissing, type Kind, type Table } from '@coppice/trainer/table/table';
import { ImportRefusedError } from './import-refused.ts';

/** An input of an ONNX file, as ONNX Runtime announces it. */
export type InputMetadata = { name: string; isTensor: boolean; type?: string; shape?: readonly (number | string)[] };

export type SampleChoice = {
  /** The sample's file, for messages. */
  file: string;
  target: string | undefined;
  /** Columns to leave out, or to keep; as in the header, with or without unit. */
  drop: readonly string[];
  only: readonly string[] | undefined;
};

export type Sample = {
  /** Rows that have a class; columns are what the model takes, in its order if it has one input for all. */
  table: Table;
  notices: string[];
};

/**
 * The columns of a CSV file that a model takes: by the names of its inputs, or by their order where it has one input for all.
 * Throws `ImportRefusedError` for columns that do not fit, `DataError` for a file that is no table.
 */
export function readSample(bytes: Buffer, inputs: readonly InputMetadata[], choice: SampleChoice): Sample {
  const { file, target } = choice;
  const { leftOut, target: found } = readCsv(bytes, { file, target, only: [] });
  const titles = leftOut.filter(({ reason }) => reason === NOT_KEPT).map(({ title }) => title);
  const headings = parseHeader([...titles, found.title], file).slice(0, -1);
  const [first, ...others] = inputs;
  if (!first) throw new ImportRefusedError('the model has no input: nothing can be asked of it');
  const read = (columns: readonly Heading[], types: readonly { column: string; kind: Kind }[]) =>
    readCsv(bytes, { file, target, only: columns.map(({ title }) => title), types });
  const isWhole = others.length === 0 && (widthOf(first) > 1 || !findHeading(headings, first.name));
  if (!isWhole && (choice.only || choice.drop.length > 0))
    throw new ImportRefusedError(
      '--only and --drop are for a model with one input: this one names the columns that it takes',
    );
  const { table, notices } = isWhole ? byOrder(first, headings, read, choice) : byName(inputs, headings, read, file);
  const rows = selectRows(table, { seed: 1 });
  const empty = rows.columns.find((column) => rows.lines.every((_, row) => isMissing(column, row)));
  if (empty)
    throw new ImportRefusedError(
      `${file}: no row has a value in ${empty.title}, so that the card cannot describe it: give a sample with values there`,
    );
  return { table: rows, notices: [...notices, ...rows.notices] };
}

const NOT_KEPT = 'not in --only';
type Read = (columns: readonly Heading[], types: readonly { column: string; kind: Kind }[]) => Table;

type Sampled = { table: Table; notices: string[] };

function byName(inputs: readonly InputMetadata[], headings: readonly Heading[], read: Read, file: string): Sampled {
  const pairs = inputs.map((input) => {
    const heading = findHeading(headings, input.name);
    if (heading) return { input, heading };
    throw new ImportRefusedError(
      `the model’s input ${input.name} is no column of ${file} (${list(headings)}): rename the column, or convert the model with an input for each column under its name`,
    );
  });
  const kinds = pairs.flatMap(({ input, heading }) => {
    const kind = kindOf(input);
    return kind ? [{ column: heading.title, kind }] : [];
  });
  const columns = pairs.map(({ heading }) => heading);
  const table = read(columns, kinds);
  const numbers = pairs.filter(({ input }) => !kindOf(input));
  for (const { input, heading } of numbers) {
    const found = table.columns.find(({ title }) => title === heading.title);
    if (found?.kind === 'category')
      throw new ImportRefusedError(
        `the model’s input ${input.name} takes numbers, and the column ${heading.title} of ${file} has words: convert it with StringTensorType, or write numbers`,
      );
  }
  // an identifier is left out of a training, and kept where a model takes it
  const left = numbers.filter(({ heading }) => !table.columns.some(({ title }) => title === heading.title));
  return {
    table: left.length === 0 ? table : read(columns, [...kinds, ...left.map(({ heading }) => asNumber(heading))]),
    notices: [],
  };
}

function byOrder(
  input: InputMetadata,
  headings: readonly Heading[],
  read: Read,
  { file, drop, only }: SampleChoice,
): Sampled {
  const { name } = input;
  const kept = choose(headings, drop, only, file);
  const table = read(kept, []);
  const numbers = table.columns.filter(({ kind }) => kind !== 'category');
  const width = widthOf(input) || numbers.length;
  const words = table.columns.filter(({ kind }) => kind === 'category');
  if (only && words[0])
    throw new ImportRefusedError(
      `the model’s input ${name} takes numbers, and the column ${words[0].title} of ${file} has words: convert the model with an input for each column, StringTensorType for words`,
    );
  const order = only ? 'of --only' : 'of the file';
  if (width === numbers.length) return positional(name, { ...table, columns: numbers }, kept, order);
  if (width === kept.length && words.length === 0) {
    const numbered = kept.filter(({ title }) => !table.columns.some((column) => column.title === title));
    return positional(name, read(kept, numbered.map(asNumber)), kept, order);
  }
  throw new ImportRefusedError(
    `the model’s input ${name} takes ${width} numbers, and ${file} has ${numbers.length} columns of numbers beside the target (${list(numbers)}): --only COLUMN,… names those that it was trained on, in its order`,
  );
}

function positional(name: string, { columns, ...table }: Table, kept: readonly Heading[], order: string): Sampled {
  const titles = kept.map(({ title }) => title);
  const ordered = columns.toSorted((a, b) => titles.indexOf(a.title) - titles.indexOf(b.title));
  const left = kept.filter(({ title }) => !columns.some((column) => column.title === title));
  const notice = `the model has one input, ${name}, without names of columns: it gets ${list(ordered)}, in the order ${order}`;
  return {
    table: { ...table, columns: ordered },
    notices: [left.length === 0 ? notice : `${notice}; left out: ${list(left)}`],
  };
}

function choose(
  headings: readonly Heading[],
  drop: readonly string[],
  only: readonly string[] | undefined,
  file: string,
): Heading[] {
  const find = (name: string) => {
    const found = findHeading(headings, name);
    if (found) return found;
    throw new ImportRefusedError(`${file} has no column ${name} beside the target: it has ${list(headings)}`);
  };
  const [gone, named] = [drop.map(find), only?.map(find)];
  return (named ?? headings).filter((heading) => !gone.includes(heading));
}

/** 0 where it is free. */
const widthOf = ({ shape: [, width = 0] = [] }: InputMetadata) => (typeof width === 'number' && width > 0 ? width : 0);

const kindOf = ({ type }: InputMetadata): Kind | undefined =>
  type === 'string' ? 'category' : type === 'bool' ? 'boolean' : undefined;
const asNumber = ({ title }: Heading) => ({ column: title, kind: 'number' as const });

/** As `bindInputs` finds the feature of an input. */
const findHeading = (headings: readonly Heading[], name: string) =>
  headings.find((heading) => heading.name === name) ??
  headings.find((heading) => heading.title === name || `${heading.name} (feature)` === name);

function list(named: readonly { title: string }[]): string {
  const shown = named.slice(0, 10).map(({ title }) => title);
  return named.length > shown.length ? `${shown.join(', ')} and ${named.length - shown.length} more` : shown.join(', ');
}
