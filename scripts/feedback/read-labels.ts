import { createReadStream, type ReadStream } from 'node:fs';
import { type FeedbackRequest, feedbackItem } from '@coppice/contract';
import { CsvError, parse } from 'csv-parse';
import type { FeedbackOptions } from './feedback-options.ts';

export type FeedbackItem = Exclude<FeedbackRequest, { feedback: unknown }>;
/** A row of the file: what to send, or why it cannot be sent. `cells` are those of the columns in use. */
export type Label = { line: number; cells: readonly string[] } & ({ item: FeedbackItem } | { problem: string });

/** The file cannot be read as the command line says. */
export class LabelsError extends Error {}

/** Longest row in characters: an unbalanced quote would else take in the rest of the file. */
const MAX_RECORD = 1_000_000;

type Columns = Pick<FeedbackOptions, 'key' | 'actual' | 'outcome'>;

/** The names of the columns in use: key, class, number. */
export const columnNames = ({ key, actual, outcome }: Columns) =>
  [key.column, actual, outcome].filter((name) => name !== null);

export function openLabels(file: string): ReadStream {
  return createReadStream(file);
}

/** Reads the rows of a CSV one after the other, in constant memory. Throws `LabelsError`. */
export async function* readLabels(bytes: ReadStream, columns: Columns): AsyncGenerator<Label> {
  let line = 1;
  let places: number[] | null = null;
  try {
    for await (const { record, raw } of readRecords(bytes)) {
      const at = line;
      line += countBreaks(raw);
      if (record.length === 1 && record[0]?.trim() === '') continue;
      if (places === null) places = findColumns(record, columns);
      else
        yield {
          line: at,
          ...readRow(
            places.map((place) => record[place]?.trim() ?? ''),
            columns,
          ),
        };
    }
  } catch (error) {
    throw explain(error as Error, line);
  } finally {
    bytes.destroy();
  }
  if (places === null) throw new LabelsError('the file is empty: its first line must name the columns');
}

type Raw = { record: string[]; raw: string };

/** By hand, chunk for chunk: as a stream, the parser would drop the records of a chunk in which it finds an error. */
async function* readRecords(bytes: ReadStream): AsyncGenerator<Raw> {
  let found: Raw[] = [];
  const parser = parse({
    ...{ bom: true, raw: true, relax_column_count: true, max_record_size: MAX_RECORD },
    record_delimiter: ['\r\n', '\n', '\r'],
    on_record(record: unknown) {
      found.push(record as Raw);
      return null;
    },
  });
  let failure: Error | null = null;
  parser.on('error', (error) => {
    failure = error;
  });
  const records = function* () {
    const read = found;
    found = [];
    yield* read;
    if (failure) throw failure;
  };
  for await (const chunk of bytes) {
    await new Promise<void>((resolve) => parser.write(chunk, () => resolve()));
    yield* records();
  }
  await new Promise<void>((resolve) => parser.end(() => resolve()));
  yield* records();
}

/** csv-parse's own count takes a quoted CR LF for two lines. */
function countBreaks(raw: string): number {
  return raw.match(/\r\n|\n|\r/g)?.length ?? 0;
}

function findColumns(header: readonly string[], columns: Columns): number[] {
  const names = header.map((name) => name.trim());
  return columnNames(columns).map((wanted) => {
    const place = names.indexOf(wanted.trim());
    if (place < 0) throw new LabelsError(`there is no column ${wanted}; the columns are ${names.join(', ')}`);
    if (names.indexOf(wanted.trim(), place + 1) >= 0) throw new LabelsError(`two columns have the name ${wanted}`);
    return place;
  });
}

function readRow(cells: readonly string[], { key, actual, outcome }: Columns) {
  const [id = ''] = cells;
  const label = actual === null ? '' : (cells[1] ?? '');
  const number = outcome === null ? '' : (cells.at(-1) ?? '');
  if (id === '') return { cells, problem: `${key.column} is empty` };
  if (label === '' && number === '')
    return { cells, problem: `${[actual, outcome].filter(Boolean).join(' and ')} is empty` };
  if (number !== '' && !NUMBER.test(number)) return { cells, problem: `${outcome} is not a number` };
  const item = feedbackItem.safeParse({
    [key.by]: id,
    ...(label === '' ? {} : { actual: classOf(label) }),
    ...(number === '' ? {} : { outcome: Number(number) }),
  });
  if (item.success) return { cells, item: item.data };
  const wrong = item.error.issues[0]?.path[0];
  if (wrong === 'outcome') return { cells, problem: `${outcome} is too large` };
  return {
    cells,
    problem: `${key.column} is not ${key.by === 'reference' ? 'a key of at most 128 characters' : 'a UUID'}`,
  };
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** A table that has empty cells writes the class 1 as 1.0: such a number means the class of that number. */
function classOf(label: string): string | number {
  return /^[+-]?\d+\.0+$/.test(label) ? Number(label) : label;
}

function explain(error: Error, line: number): Error {
  if (error instanceof LabelsError) return error;
  if (error instanceof CsvError) {
    const quote = ['CSV_QUOTE_NOT_CLOSED', 'CSV_MAX_RECORD_SIZE'].includes(error.code);
    return new LabelsError(
      `line ${line}: ${quote ? 'a quote is never closed' : 'a quote inside a cell must be doubled'}`,
      {
        cause: error,
      },
    );
  }
  return new LabelsError(`the file cannot be read (${(error as NodeJS.ErrnoException).code ?? error.message})`, {
    cause: error,
  });
}
