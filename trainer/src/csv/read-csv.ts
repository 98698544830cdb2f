import { count } from '../table/count.ts';
import { DataError, quoted } from '../table/data-error.ts';
import { flag } from '../table/flag.ts';
import { type Column, columnTitle, type Heading, type Kind, type Table } from '../table/table.ts';
import type { CellColumn } from './cell-column.ts';
import { decodeText } from './decode-text.ts';
import { DELIMITERS, findDialect } from './find-dialect.ts';
import { findHeading } from './parse-header.ts';
import { type Cells, readCells } from './read-cells.ts';
import { readColumn } from './read-column.ts';
import { readTarget } from './read-target.ts';

/** What to make of a file; `file` is its name for messages, and columns are named as in the header, with or without unit. */
export type Reading = {
  file: string;
  target?: string | undefined;
  /** True: the first line has the names, whatever it looks like. False: it has none. */
  header?: boolean | undefined;
  drop?: readonly string[];
  only?: readonly string[] | undefined;
  types?: readonly { column: string; kind: Kind }[];
};

/**
 * The table in a CSV file: delimiter, encoding and kinds of columns are found, identifiers and free text are left out. The
 * target's cells stay text. Throws `DataError` of one line that names file, line, column and the remedy.
 */
export function readCsv(bytes: Buffer, reading: Reading): Table {
  const { file } = reading;
  const { text, encoding } = decodeText(bytes, file);
  const dialect = findDialect(text, { tabFirst: /\.tsv(\.gz)?$/i.test(file) });
  const cells = readCells(text, dialect, file, reading.header);
  const pairs = cells.headings.map((heading, i) => ({ heading, cells: cells.columns[i] as CellColumn }));
  const index = pairs.find(isIndex);
  const named = index ? pairs.filter((pair) => pair !== index) : pairs;
  refuseNameless(named, cells.at);
  const headings = named.map(({ heading }) => heading);
  const choice = choose(reading, headings, cells.at);
  const place = (row: number, heading: Heading) => `${file}, line ${cells.lines[row]}, ${columnTitle(heading)}`;
  const table: Table = {
    file,
    format: `${DELIMITERS[dialect.delimiter as keyof typeof DELIMITERS]}, ${encoding}`,
    lines: cells.lines,
    columns: [],
    ...readTargetOf(named, choice, cells),
    leftOut: index
      ? [{ title: index.heading.title || 'column 1', reason: 'a row number without a name of its own' }]
      : [],
  };
  if (encoding !== 'UTF-8') table.notices.unshift(`the text is not UTF-8; it is read as ${encoding}`);
  for (const { heading, cells: column } of named) {
    if (heading.place === choice.target.place) continue;
    if (!choice.isKept(heading)) {
      table.leftOut.push({ title: heading.title, reason: reading.only ? 'not in --only' : '--drop' });
      continue;
    }
    const read = readColumn(heading, column, place, choice.kindOf(heading));
    if (read.notice) table.notices.push(read.notice);
    const reason = reasonAgainst(read.column, choice.kindOf(heading));
    if (reason) table.leftOut.push({ title: heading.title, reason });
    else table.columns.push(read.column);
  }
  return table;
}

/** Why no forest can learn from a column of this kind. */
function reasonAgainst(column: Column, given: Kind | undefined): string | undefined {
  const { kind, name } = column;
  if (kind !== 'id' && kind !== 'text') return undefined;
  if (given) return flag('--type', `${name}=${kind}`);
  const amount = writtenAmount(column.words);
  if (amount !== undefined)
    return `numbers with separators or signs, such as ${quoted(amount)}; write digits and a decimal mark only, or ${flag('--type', `${name}=category`)} takes them as words`;
  if (kind === 'id')
    return `an identifier, different in every row; ${flag('--type', `${name}=number`)} or category keeps it`;
  const present = column.codes.reduce((sum, code) => (code < 0 ? sum : sum + 1), 0);
  return `free text, ${column.words.length.toLocaleString('en')} different values in ${count(present, 'row')}; ${flag('--type', `${name}=category`)} keeps it`;
}

/** The first of the words that is an amount for people, such as 1,234.50, 12% or $5.00, if nearly all of them are numbers. */
function writtenAmount(words: readonly string[]): string | undefined {
  const mark = /[%€$£¥]|\d[.,' ]\d{3}[.,]\d/;
  const number = /^[€$£¥]?\s?[+-]?\d{1,3}([.,' ]?\d{3})*([.,]\d+)?\s?[%€$£¥]?$/;
  const found = words.find((word) => mark.test(word) && number.test(word));
  return found !== undefined && words.filter((word) => number.test(word)).length >= 0.9 * words.length
    ? found
    : undefined;
}

/** Whether a column has no name, stands first and counts the rows from 0 (pandas) or 1 (R). */
function isIndex({ heading, cells }: { heading: Heading; cells: CellColumn }): boolean {
  if (heading.place !== 1 || !/^(Unnamed: 0)?$/.test(heading.title) || cells.codes || cells.length === 0) return false;
  const [first] = cells.numbers;
  return (first === 0 || first === 1) && cells.numbers.every((number, row) => number === first + row);
}

function refuseNameless(named: readonly { heading: Heading }[], at: string): void {
  const nameless = named.find(({ heading }) => heading.title === '');
  if (nameless)
    throw new DataError(
      `${at}, column ${nameless.heading.place}: the column has no name; write one in the header line`,
    );
}

type Choice = { target: Heading; isKept(heading: Heading): boolean; kindOf(heading: Heading): Kind | undefined };

function choose({ target, drop, only, types = [] }: Reading, headings: readonly Heading[], at: string): Choice {
  const place = (wanted: string) => findHeading(headings, wanted, at).place;
  const chosen = target === undefined ? (headings.at(-1) as Heading) : findHeading(headings, target, at);
  const dropped = new Set(drop?.flatMap((wanted) => listed(headings, wanted)).map(place));
  const kept = only && new Set(only.flatMap((wanted) => listed(headings, wanted)).map(place));
  const kinds = new Map(types.map(({ column, kind }) => [place(column), kind]));
  if (dropped.has(chosen.place))
    throw new DataError(`${at}: --drop names the target ${quoted(chosen.name)}; --target names another one`);
  return {
    target: chosen,
    isKept: (heading) => !dropped.has(heading.place) && (kept?.has(heading.place) ?? true),
    kindOf: (heading) => kinds.get(heading.place),
  };
}

/** One column, or several with commas between them, if no column is called that. */
function listed(headings: readonly Heading[], wanted: string): string[] {
  const isName = headings.some(({ name, title }) => name === wanted.trim() || title === wanted.trim());
  return isName ? [wanted] : wanted.split(',');
}

function readTargetOf(
  named: readonly { heading: Heading; cells: CellColumn }[],
  choice: Choice,
  { at, notices }: Cells,
): Pick<Table, 'target' | 'notices'> {
  const found = named.find(({ heading }) => heading.place === choice.target.place) as (typeof named)[number];
  const kind = choice.kindOf(found.heading);
  if (kind !== undefined && kind !== 'category')
    throw new DataError(
      `${at}: the target ${quoted(found.heading.name)} holds classes; its --type can only be category`,
    );
  const read = readTarget(found.heading, found.cells, at, kind === 'category');
  return { target: read.target, notices: [...notices, ...read.notices] };
}
